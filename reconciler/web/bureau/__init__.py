"""The pages of a bureau server, on the port of its API: signing in as an operator, *Manage access*, jobs and their results.

They work on the same database, snapshots and worker as the API, in the same process, and do what its endpoints do by the
same functions. The API itself is never asked with the cookie of a page.
"""
