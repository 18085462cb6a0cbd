"""Pages for people who open no terminal: the bureau's own (`bureau`), and those over a folder of YAML (`policy`).

What both are made of stands here: who is signed in, what a page may load, how a form is read, the dialog of *Manage
access*. Pages decide nothing: what they show and do comes from the functions that the commands call.
"""
