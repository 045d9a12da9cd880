"""Check every recap below a folder as a careful script does: ruamel.yaml's round-trip loader and jsonschema.

What `check` is measured beside. The schema is the tracker's own (`tracker schema`).

    python jsonschema_each.py SCHEMA FOLDER
"""

import json
import sys
from pathlib import Path

import jsonschema
from ruamel.yaml import YAML

validator = jsonschema.Draft202012Validator(json.loads(Path(sys.argv[1]).read_text()))
loader = YAML(typ="rt")
for path in sorted(Path(sys.argv[2]).rglob("*/*.yaml")):
    document = loader.load(path)
    for error in validator.iter_errors(json.loads(json.dumps(document, default=str))):
        print(f"{path}: {error.message}")
