"""Write the compact client-support table that `pismo check` reads, from the npm package caniemail.

Run it with the folder of an unpacked package:

    npm pack caniemail && tar xzf caniemail-*.tgz
    python tools/refresh_caniemail.py package src/pismo/checks/data/caniemail.json

Data: caniemail.com by Rémi Parmentier and contributors, MIT; packaged by Avi Goldman, MIT.
"""

import json
import sys
from pathlib import Path

CLIENTS = {
    "gmail": ("desktop-webmail", "ios", "android", "mobile-webmail"),
    "outlook": ("windows", "outlook-com", "macos", "ios", "android"),
    "apple-mail": ("macos", "ios"),
    "yahoo": ("desktop-webmail", "ios", "android"),
    "mail-ru": ("desktop-webmail",),
}


def main(package: Path, target: Path) -> None:
    """Keep, of each feature, the newest answer of each client that we care about."""
    document = json.loads((package / "data" / "caniemail.json").read_text("utf-8"))
    features = {feature["slug"]: compact(feature) for feature in document["data"]}
    table = {
        "notice": "caniemail.com, © Rémi Parmentier, MIT; npm caniemail © Avi Goldman, MIT",
        "updated": document["last_update_date"][:10],
        "clients": [f"{family}.{platform}" for family in CLIENTS for platform in CLIENTS[family]],
        "features": features,
    }
    text = json.dumps(table, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    target.write_text(text + "\n", "utf-8")


def compact(feature: dict[str, dict[str, dict[str, dict[str, str]]]]) -> str:
    """Return one letter a client, in order: y yes, n no, a partly, u unknown."""
    letters = []
    for family, platforms in CLIENTS.items():
        for platform in platforms:
            versions = feature["stats"].get(family, {}).get(platform, {})
            newest = list(versions.values())[-1] if versions else "u"
            letters.append(newest[0])
    return "".join(letters)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
