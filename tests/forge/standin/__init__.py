"""A forge on a port of this machine, which follows what GitHub and GitLab publish of their APIs.

    with github_standin() as forge:
        number = forge.open_pull("anna", branch="change", head=sha)      what people do
        forge.push(number, other_sha)
        forge.review(number, "david")
        forge.merge(number, merge_sha)
        forge.environment("pull_request", number, folder)                variables of a pipeline that runs for it

world.py holds what there is and what people may do; github.py and gitlab.py answer requests about it; faults.py makes
them go wrong. Commits are names only: whoever has a git repository says which.
"""

from tests.forge.standin.serving import Standin, github_standin, gitlab_standin

__all__ = ["Standin", "github_standin", "gitlab_standin"]
