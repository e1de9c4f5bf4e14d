"""`python -m pismo` is `pismo`."""

from pismo.cli import main

main()
