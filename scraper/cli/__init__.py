"""The command line: one thin file per command.

A command parses its arguments, opens what it needs, calls one function, prints, and returns its
exit code. ``commands`` lists them, ``app`` runs them, ``workspace`` finds the config and the
archive, ``logs`` says where log lines go, ``terminal`` keeps what is printed harmless, ``table``,
``story_text`` and ``measures`` lay it out, ``json_output`` prints it for programs, ``help_text``
ends every command's help.

What `scraper --help` touches imports nothing but click: every command's file is imported when it
is called.
"""

from scraper.cli.app import main

__all__ = ["main"]
