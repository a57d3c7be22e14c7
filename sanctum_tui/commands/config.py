"""``sanctum-tui config`` and ``paths``: what is in force, where it comes from, and where files are."""

import json
from argparse import Namespace

from sanctum_tui.commands.setup import load_settings
from sanctum_tui.settings import describe, shown
from sanctum_tui.text import shorten
from sanctum_tui.ui.keyboard import keymap_trouble


def config(arguments: Namespace) -> int:
    paths, loaded = load_settings(arguments)
    rows = [
        (info.name, shown(loaded.settings, info.name), loaded.sources.get(info.name, "default"), info)
        for info in describe()
    ]
    if arguments.json:
        print(json.dumps({name: {"value": value, "source": source} for name, value, source, _ in rows}, indent=2))
        return 0
    width = max(len(name) for name, *_ in rows)
    for name, value, source, info in rows:
        value = value if arguments.all else shorten(value, 60)
        unit = f" {info.unit}" if info.unit else ""
        print(f"{name:{width}}  {value or '(empty)'}{unit}  [{source}]")
        if arguments.all:
            print(f"{'':{width}}  {info.description}")
    print(
        f"\nChange them in {paths.settings_file}, in .env, in the environment, or for one run with --set NAME=VALUE."
    )
    if said := keymap_trouble(loaded.settings.keymap, vim_keys=loaded.settings.vim_keys):
        print(said)
    for warning in loaded.warnings:
        print(warning)
    return 0


def where(arguments: Namespace) -> int:
    paths, loaded = load_settings(arguments)
    from sanctum_tui.runtime.whereabouts import whereabouts

    for name, path in whereabouts(loaded.settings, paths):
        print(f"{name:10}  {path}")
    return 0
