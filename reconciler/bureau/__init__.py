"""The embedded bureau server: the bureau API on SQLite, as an ASGI application.

    schema.sql  store  masks  tokens           what is kept, and how
    registers  operators  pairs                reading and writing it, inside a transaction
    items                                      what an operation does to a pair: pure, the rules
    jobs  chunks  worker  notifications        operations that run in the background
    snapshots  pages                           reading one consistent revision, page by page
    history                                    who changed which pair when
    encoded  columns                           what readers get, kept encoded
    app  endpoint  bodies  problems  ratelimit the wire
    csvload  example  serve                    what `reconciler bureau` does

It enforces the rights itself, from its own data, with the table in `reconciler.rights`; it must never rely
on what a planner has checked.
"""
