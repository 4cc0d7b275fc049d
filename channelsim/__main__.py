"""`python -m channelsim`: the same as the command `channelsim`."""

from channelsim.cli.main import main

if __name__ == "__main__":
    main()
