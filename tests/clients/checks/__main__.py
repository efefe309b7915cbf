"""Runs every check, prints a line for each, and ends with an error when one failed."""

import argparse
import os
import signal
import sys
from pathlib import Path

import check_curl
import check_node
import check_oauth
import check_slow
import check_tweepy
from masthead import Masthead
from report import Report

CHECKS = {
    "tweepy": check_tweepy.run,
    "node": check_node.run,
    "oauth": check_oauth.run,
    "curl": check_curl.run,
    "slow": check_slow.run,
}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", type=Path, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("names", nargs="*", help=f"what to check, of {', '.join(CHECKS)}; all without a name")
    args = parser.parse_args()
    if not set(args.names) <= set(CHECKS):
        parser.error(f"there are {', '.join(CHECKS)}")
    # So that the servers are ended below.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    # What requests, and with it tweepy, trusts.
    os.environ["REQUESTS_CA_BUNDLE"] = str(args.folder / "ca.pem")

    report = Report()
    with Masthead(args.binary, args.folder) as masthead:
        for name in args.names or CHECKS:
            CHECKS[name](masthead, report)
        with report.check("log", "no panic, no error, no secret"):
            masthead.check_logs()
        with report.check("stop", "every server ends with 0 after SIGTERM"):
            masthead.stop()
    sys.exit(report.finish())


main()
