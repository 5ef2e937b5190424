#!/bin/sh
# The whole chain as a user's script would have it: names and numbers flow from one command's --json or -q to the next.
# Needs: recli and python on PATH, RECLI_ARTIFACTS, and ML_100K_ORIGIN for `fetch --from` where it is not empty.
set -eu

fail() { echo "chain.sh: $*" >&2; exit 1; }
# get '["metrics"]["test"]["mae"]' < json: what jq would do.
get() { python -c "import json, sys; print(json.load(sys.stdin)$1)"; }
# holds 'EXPRESSION over x' < json
holds() { python -c "import json, sys; x = json.load(sys.stdin); sys.exit(not ($1))" || fail "does not hold: $1"; }

recli fetch ${ML_100K_ORIGIN:+--from "$ML_100K_ORIGIN"} --json > fetch.json
holds 'x["dataset"] == "ml-100k" and (x["users"], x["items"], x["ratings"]) == (943, 1682, 100000)' < fetch.json
[ "$(recli fetch -q)" = ml-100k ] || fail "a second fetch is done at once"

recli stats --popularity --json > stats.json
holds '[i["item_id"] for i in x["popularity"]] == [50, 258, 100, 181, 294, 286, 288, 1, 300, 121]' < stats.json
holds '[i["ratings"] for i in x["popularity"]] == [583, 509, 508, 507, 485, 481, 478, 452, 431, 429]' < stats.json
holds 'abs(x["rating"]["mean"] - 3.52986) < 1e-9 and abs(x["rating"]["std"] - 1.125674) < 1e-6' < stats.json
holds 'x["rating_counts"] == {"1": 6110, "2": 11370, "3": 27145, "4": 34174, "5": 21201}' < stats.json

recli train dot --epochs 10 --batch-size 64 --learning-rate 0.001 --json > dot.json 2> dot.log  # as the notebook does
holds 'x["parameters"] == 168128 and x["metrics"]["test"]["mae"] <= 0.745' < dot.json
holds 'x["metrics"]["test"]["n"] == 20000 and x["baseline"]["n"] == 20000' < dot.json
holds '[e["epoch"] for e in x["history"]] == list(range(1, 11))' < dot.json
grep -q '^epoch 10/10  loss 0\.[0-9]*  val_loss 0\.[0-9]*' dot.log || fail "one plain line an epoch on stderr"

ref=$(recli train deep -q)
[ "$ref" = deep:1 ] || fail "train -q prints the reference, not $ref"
recli evaluate "$ref" dot --json > reports.json
holds '[r["ref"] for r in x["reports"]] == ["deep:1", "dot:1"]' < reports.json
holds 'all(r["n"] == 20000 and r["mae"] <= 0.745 for r in x["reports"])' < reports.json
[ "$(get '["reports"][1]["mae"]' < reports.json)" = "$(get '["metrics"]["test"]["mae"]' < dot.json)" ] ||
    fail "evaluate repeats train's numbers to the last digit"

recli similar --id 50 --model dot --json > similar.json
holds 'sorted(n["item_id"] for n in x["neighbors"][:2]) == [172, 181]' < similar.json
[ "$(recli similar "Star Trek" -q -n 3 | wc -l)" -eq 3 ] || fail "similar -q prints ids"
recli similar "Star Trek" > table.tsv 2> notes.txt
[ "$(head -1 table.tsv | cut -f1-3)" = "$(printf 'rank\titem_id\ttitle')" ] || fail "piped, a table is TSV"
grep -q "Wrath of Khan" notes.txt || fail "other matches are on stderr"

map=$(recli project dot -q)
grep -q "Star Wars (1977)" "$map" || fail "the page has the titles"
recli project dot --out map.csv -q > /dev/null
[ "$(wc -l < map.csv)" -eq 1683 ] || fail "one row an item"

recli models list --json | holds 'sorted(m["ref"] for m in x["models"]) == ["deep:1", "dot:1"]'
(cd "$(recli models path dot)" && sha256sum --check --quiet SHA256SUMS) || fail "sha256sum agrees"

set +e
recli similar "no such film anywhere" > out.txt 2> err.txt
[ $? -eq 4 ] || fail "not found is exit 4"
set -e
[ ! -s out.txt ] || fail "nothing on stdout when something is wrong"
grep -q '^recli: error: ' err.txt && grep -q '^  fix: recli ' err.txt || fail "an error and its fix"
echo "chain.sh: all holds"
