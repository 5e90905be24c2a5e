"""`rollcall` of this checkout as a process, whatever is installed: `python -m bench.rollcall run --trust DIR`."""

from orchestration.cli import main

if __name__ == "__main__":
    main()
