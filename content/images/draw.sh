#!/bin/sh
# Render SVG sources to PNG: ./content/images/draw.sh [name...]; all of them without names.
set -eu
cd "$(dirname "$0")"
python=../../.venv/bin/python
test -x "$python" || python=python3
test $# -gt 0 || set -- $(ls -- *.svg | sed 's/\.svg$//')
shot=$(mktemp -d)
trap 'rm -rf "$shot"' EXIT
for name; do
  height=$(sed -n 's/.*viewBox="0 0 1200 \([0-9]*\)".*/\1/p' "$name.svg" | head -1)
  "${CHROMIUM:-chromium}" --headless --no-sandbox --disable-gpu --hide-scrollbars \
    --window-size="1200,$height" --screenshot="$shot/$name.png" "file://$PWD/$name.svg" >/dev/null 2>&1
  "$python" - "$shot/$name.png" "$name.png" <<'PYTHON'
import sys
from pathlib import Path

from PIL import Image

shot, target = sys.argv[1:]
colours = Image.open(shot).convert("RGB").quantize(128, dither=Image.Dither.NONE)
colours.save(target, optimize=True)
size = Path(target).stat().st_size
print(f"{target}: {size / 1024:.0f} KB")
if size > 60 * 1024:
    sys.exit(f"{target} is heavier than 60 KB: fewer colours or simpler shapes")
PYTHON
done
