#!/usr/bin/env python3
"""Rewrites airports*.csv, countries.csv and seaports.csv from the packages they come from.

Usage: refresh.py DIR, where DIR holds the unpacked PyPI wheel `airportsdata` (folder
`airportsdata`) and the unpacked npm packages `i18n-iso-countries` (folder `package`) and
`sea-ports` (folder `sea-ports`). Then run
`cargo xtask codegen`. Everything made by hand lives in the other files of this folder and is
never written here.
"""

import csv
import json
import pathlib
import re
import sys

LANGUAGES = ["en", "fr", "es", "ru", "ar", "zh"]
# The package numbers Kosovo XKK; passports say RKS (ICAO Doc 9303 part 3, section 5).
ALPHA3 = {"XKK": "RKS"}
# The English name to show, where the package puts a long form first.
SHOWN = {
    "CD": "Democratic Republic of the Congo",
    "CG": "Congo",
    "CI": "Côte d'Ivoire",
    "CN": "China",
    "CZ": "Czechia",
    "GM": "Gambia",
    "IR": "Iran",
    "MK": "North Macedonia",
    "NL": "Netherlands",
    "PS": "Palestine",
    "RU": "Russia",
    "TW": "Taiwan",
    "TZ": "Tanzania",
    "US": "United States",
}


def write(name, header, rows):
    with open(pathlib.Path(__file__).parent / name, "w", encoding="utf-8", newline="") as out:
        table = csv.writer(out, lineterminator="\n")
        table.writerow(header)
        table.writerows(sorted(rows))


def airports(folder):
    with open(folder / "airportsdata/airports.csv", encoding="utf-8") as source:
        rows = {a["iata"]: a for a in csv.DictReader(source) if a["iata"]}
    out = [
        (code, a["country"], a["tz"], a["city"].strip(), a["name"].strip())
        for code, a in rows.items()
    ]
    with open(folder / "airportsdata/iata_macs.csv", encoding="utf-8") as source:
        cities = {}
        for m in csv.DictReader(source):
            if m["City Code"] not in rows and m["Airport Code"] in rows:
                a = rows[m["Airport Code"]]
                cities.setdefault(
                    m["City Code"], (m["City Code"], a["country"], a["tz"], m["City Name"], "")
                )
    write("airports.csv", ["code", "country", "zone", "city", "name"], out + list(cities.values()))
    # Aerodromes without an IATA code are left out: nothing else would name them.
    icao = re.compile("[A-Z]{4}")
    write(
        "airports-icao.csv",
        ["icao", "code"],
        [(a["icao"], code) for code, a in rows.items() if icao.fullmatch(a["icao"])],
    )


def seaports(folder):
    with open(pathlib.Path(__file__).parent / "airports.csv", encoding="utf-8") as source:
        zones = {}
        for a in csv.DictReader(source):
            zones.setdefault(a["country"], set()).add(a["zone"])
    ports = json.loads((folder / "sea-ports/lib/ports.json").read_text(encoding="utf-8"))
    # A state that is none any more has no ports; a zone in which its state has no airport is an
    # older name or a mistake (Santiago in Europe/Madrid), and then the state decides.
    write(
        "seaports.csv",
        ["code", "name", "zone"],
        [
            (code, p["name"].strip(), p["timezone"] if p.get("timezone") in zones[code[:2]] else "")
            for code, p in ports.items()
            if code[:2] in zones
        ],
    )


def countries(folder):
    codes = json.loads((folder / "package/codes.json").read_text(encoding="utf-8"))
    names = {
        language: json.loads(
            (folder / f"package/langs/{language}.json").read_text(encoding="utf-8")
        )["countries"]
        for language in LANGUAGES
    }

    def cell(language, alpha2):
        found = names[language].get(alpha2, "")
        found = [found] if isinstance(found, str) else found
        if language == "en" and alpha2 in SHOWN:
            found = sorted(found, key=lambda name: name != SHOWN[alpha2])
        return "|".join(found)

    write(
        "countries.csv",
        ["alpha3", "alpha2", "numeric", "canonical", *LANGUAGES],
        [
            (ALPHA3.get(a3, a3), a2, numeric, "", *(cell(language, a2) for language in LANGUAGES))
            for a2, a3, numeric, _ in codes
        ],
    )


if __name__ == "__main__":
    folder = pathlib.Path(sys.argv[1])
    airports(folder)
    seaports(folder)
    countries(folder)
