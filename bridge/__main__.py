"""`python -m bridge` is `okr-bridge`."""

from bridge.cli import main

if __name__ == "__main__":
    main()
