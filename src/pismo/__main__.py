"""Where `pismo` begins, and `python -m pismo`: Ctrl-C is answered from the first import on."""

import sys

from pismo.errors import ExitCode


def main() -> None:
    """Run the command line."""
    try:
        from pismo.cli import main as run  # takes a tenth of a second, in which people change minds

        run()
    except KeyboardInterrupt:
        sys.stderr.write("stopped\n")
        sys.exit(ExitCode.STOPPED)


if __name__ == "__main__":
    main()
