"""The table of commands: where each lives and its line in `scraper --help`.

Kept apart from the commands so that the help costs the import of none of them; a test holds each
line equal to the command's own help.
"""

from __future__ import annotations

from typing import NamedTuple


class Entry(NamedTuple):
    """A command: the module in ``scraper.cli`` whose ``command`` it is, and its one-line help."""

    module: str
    help: str


#: Heading in the help -> name -> command, in the order in which they are shown.
COMMANDS: dict[str, dict[str, Entry]] = {
    "Begin": {
        "init": Entry("init", "Write ./config.toml and an empty archive."),
        "demo": Entry("demo", "Archive a small invented news world and show its stories."),
    },
    "Gather": {
        "add": Entry("add", "Watch these sites, feeds, sitemaps or pages that list articles."),
        "source": Entry("source", "List, pause, resume, change or remove sources."),
        "run": Entry("run", "Ask the sources that are due for news, and archive it."),
        "watch": Entry("watch", "Ask every source for news at its own pace, for ever."),
        "fetch": Entry("fetch", "Archive these pages now, whatever became of them before."),
        "import": Entry(
            "import_files",
            "Archive articles from JSON Lines and WARC, watch feeds from OPML.",
        ),
    },
    "Read": {
        "status": Entry("status", "Show how the sources are, what is archived and what is due."),
        "stories": Entry("stories", "List the stories, newest first."),
        "show": Entry("show", "Show one story: its canonical article and all its mirrors."),
        "why": Entry("why", "Explain why two articles are, or are not, one story."),
        "diff": Entry("diff", "Show what is different in two articles, word by word."),
        "check": Entry(
            "check", "Tell whether a text is a copy of something archived; archives nothing."
        ),
        "search": Entry("search", "Find stories by the words in their articles."),
        "web": Entry("web", "Show the archive in a browser; nothing can be changed there."),
    },
    "Decide": {
        "prefer": Entry(
            "prefer", "Make this article the canonical of its story, whatever the rules say."
        ),
        "merge": Entry("merge", "Make one story of the stories of two articles."),
        "split": Entry("split", "Keep two articles in two stories, now and when more arrives."),
        "undo": Entry("undo", "Take back a decision of `prefer`, `merge` or `split`."),
    },
    "Hand on": {
        "export": Entry("export", "Write stories, articles, relations or sources to a file."),
        "cluster": Entry(
            "cluster", "Find the stories of a whole corpus at once, from Parquet to Parquet."
        ),
    },
    "Look after": {
        "config": Entry("config", "Check config.toml."),
        "rebuild": Entry("rebuild", "Make articles, fingerprints or stories again."),
        "forget": Entry("forget", "Take a page or a whole site out of the archive for ever."),
        "prune": Entry("prune", "Take what is older than so long out of the archive."),
        "db": Entry("db", "Check, back up, copy, upgrade or measure the archive."),
        "completion": Entry(
            "completion", "Print what makes bash, zsh or fish complete commands and options."
        ),
        "extract": Entry("extract", "Read the article out of an HTML file; archives nothing."),
    },
}
