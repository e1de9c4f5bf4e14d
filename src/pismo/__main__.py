"""Where `pismo` begins, and `python -m pismo`: Ctrl-C is answered from the first import on."""

import gc
import os
import sys

# What is imported stays, and looking for garbage among it is a twentieth of a cold build.
gc.set_threshold(100_000, 20, 20)

from pismo.errors import ExitCode  # noqa: E402  # imported is what should not be looked through


def main() -> None:
    """Run the command line."""
    try:
        from pismo.cli import main as run  # takes a tenth of a second, in which people change minds

        run()
    except KeyboardInterrupt:
        from pismo.tongue import Tongue, spoken

        tongue = Tongue(spoken("", os.environ))
        sys.stderr.write(tongue("stopped\n", "остановлено\n"))
        sys.exit(ExitCode.STOPPED)
    finally:
        if "duckdb" not in sys.modules:  # it counts what is left of it, and complains
            # The system takes the memory back in one go: Python need not search it, for 28 ms.
            gc.freeze()


if __name__ == "__main__":
    main()
