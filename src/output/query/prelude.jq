# Filters of jq 1.7 that jaq lacks, or that give something else there.

# The whole result of a command is the only input.
def input: error("there is no further input");
def inputs: empty;
def input_filename: null;
def input_line_number: 0;
def get_search_list: [];
def have_literal_numbers: true;
def have_decnum: false;
# A filter can't end the command.
def halt($code): empty;
def halt: empty;
def halt_error($code): error;
def halt_error: error;

def ascii: [.] | implode;
def toarray: if type == "array" then . else [.] end;
def trimstr($x): ltrimstr($x) | rtrimstr($x);
def isvalid(f): try (f | true) catch false;
def recurse_down: recurse;
def leaf_paths: paths(scalars);
def date: todate;
def dateadd(unit; n): . + n;
def datesub(unit; n): . - n;

def join($separator):
  if . == [] then "" else
    reduce .[1:][] as $item
      (.[0] | if . == null then "" elif type == "string" then . else tojson end;
       . + $separator + ($item | if . == null then "" elif type == "string" then . else tojson end))
  end;

def walk(f):
  def each: if type == "object" then map_values(each) elif type == "array" then map(each) else . end | f;
  each;

def from_entries:
  reduce .[] as $entry ({}; . + {
    ($entry
      | if type != "object" then error("cannot make an object of \(type) entries") else . end
      | [.key, .k, .name, .Name, .K, .Key]
      | first((.[] | select(. != null)), null)
      | if type == "string" then . else tojson end):
    ($entry | if has("value") then .value elif has("v") then .v else .Value end)
  });
def with_entries(f): to_entries | map(f) | from_entries;

# Null becomes what the path needs, and arrays grow.
def setpath($path; $value):
  if $path == [] then $value else
    $path[0] as $key
    | if . == null then (if ($key | type) == "string" then {} else [] end) else . end
    | if type == "array" and ($key | type) == "number" and $key >= length
      then . + [range($key - length + 1) | null] else . end
    | .[$key] = (.[$key] | setpath($path[1:]; $value))
  end;
def pick(f): . as $top | reduce path(f) as $path (null; setpath($path; $top | getpath($path)));

def tostream:
  def events($path):
    if (type == "object" or type == "array") and length > 0 then
      keys_unsorted as $keys | ($keys[] as $key | .[$key] | events($path + [$key])), [$path + [$keys[-1]]]
    else [$path, .] end;
  events([]);
def fromstream(f):
  {value: null, done: false} as $start
  | foreach f as $event ($start;
      (if .done then $start else . end)
      | if ($event | length) == 2
        then {value: (.value | setpath($event[0]; $event[1])), done: ($event[0] == [])}
        else {value, done: (($event[0] | length) == 1)} end;
      if .done then .value else empty end);
def truncate_stream(stream):
  . as $depth | null | stream
  | if (.[0] | length) > $depth then [.[0][$depth:]] + .[1:] else empty end;

def IN(values): . as $x | any(values; . == $x);
def IN(source; values): any(source; IN(values));
def INDEX(stream; key): reduce stream as $row ({}; . + {($row | key | tostring): $row});
def INDEX(key): INDEX(.[]; key);
def JOIN($index; key): [.[] | [., $index[key]]];
def JOIN($index; stream; key): stream | [., $index[key]];
def JOIN($index; stream; key; f): stream | [., $index[key]] | f;

def row_($name; f):
  if type != "array" then error("\(type) can't be formatted as \($name): must be an array") else . end
  | map(
      if . == null then ""
      elif type == "string" then f
      elif type == "array" or type == "object" then error("\(type) is not valid in a row of \($name)")
      else tojson end);
def @csv: row_("CSV"; "\"" + gsub("\""; "\"\"") + "\"") | join(",");
def @tsv:
  row_("TSV"; gsub("\\\\"; "\\\\") | gsub("\t"; "\\t") | gsub("\n"; "\\n") | gsub("\r"; "\\r")) | join("\t");
def format($name):
    if $name == "text" then @text
  elif $name == "json" then @json
  elif $name == "csv" then @csv
  elif $name == "tsv" then @tsv
  elif $name == "html" then @html
  elif $name == "uri" then @uri
  elif $name == "sh" then @sh
  elif $name == "base64" then @base64
  elif $name == "base64d" then @base64d
  else error("\($name) is not a valid format") end;
