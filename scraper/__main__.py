"""``python -m scraper``: the same as the installed command."""

from scraper.cli import main

main()
