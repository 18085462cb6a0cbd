"""Pages over a folder of YAML and its bureau, for this machine alone: `reconciler web`.

links.py   the link that lets a browser in, once      desk.py      what pages work with: the YAML, the bureau
yaml.py    the YAML, read again when it has changed   bureau.py    the bureau, asked again when it may have
app.py     the pages as an application                serve.py     on a port of this machine, until Ctrl-C
"""
