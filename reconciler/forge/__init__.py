"""The forge: where pull requests, comments and issues are (GitHub, GitLab); one file for each.

seam.py      what a forge is to the commands          api.py       a request out, a checked document back
github.py    GitHub                                   gitlab.py    GitLab
problems.py  what went wrong, for people              approval.py  which digest a merged pull request approved
markers.py   the hidden lines by which ours is found  sticky.py    one comment of a kind, written anew

It never knows a plan: what it carries is text. All that a forge tells is untrusted, and who wrote it is asked.
"""
