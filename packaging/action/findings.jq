# What a command found, as GitHub's workflow commands, a line each: `::error file=…,line=…,col=…,title=…::message`.
# $result and $error: the documents of standard output and standard error, each in a list of one or none; $history: that
# of `revgraph history`; $check: the check's name; $workspace: the folder that annotations are relative to.

def escaped: gsub("%"; "%25") | gsub("\r"; "%0D") | gsub("\n"; "%0A");
def property: escaped | gsub(":"; "%3A") | gsub(","; "%2C");
def relative: ltrimstr($workspace + "/");

# The message of a finding, with what to do.
def text: ([.message] + (.causes // []) + [(.hints // [])[] | "help: " + .] + [.hint // empty | "help: " + .]) | join("\n");

def command:
  ([ (.file // empty | "file=" + (relative | property)),
     (.line // empty | "line=\(.)"),
     (.column // empty | "col=\(.)"),
     "title=" + ("revgraph " + $check | property) ] | join(",")) as $properties
  | "::error \($properties)::\(text | escaped)";

# The script of a revision, as history has it.
def script($revision; $which): [$history[0][]? | select(.revision == $revision) | .[$which]][0];

def object: [.kind, ([.schema, .relation, .name] | map(select(. != null and . != "")) | join("."))] | join(" ");
def differences: map(.change + " " + (.object | object)) | join(", ");

# Of the heads that a merge would leave, the one that is in the workspace.
def of_merge: .file //= [.heads[]? | select(.side == "ours") | .file][0];

def of_revision:
  if .error then .error
  else {
    file: script(.revision; "down"),
    line: 1,
    message: "the down script of \(.revision) does not undo its up script",
    causes: ([.after_down, .after_second_up] | map(select(. != null and length > 0) | differences) | unique)
  } end;

def of_merge_order:
  if .failure then .failure.error
  else { file: script(.revision; "up"), line: 1, message: "the parents of \(.revision) give another schema in another order", causes: [.differences | differences] } end;

def findings:
  (.problems[]?),
  (.merge.problems[]? | of_merge),
  (.revisions[]? | select(.verdict == "broken") | of_revision),
  (.merges[]? | select(.equal == false) | of_merge_order),
  (.differences[]? | { message: "drift: \(.change) \(.object | object)" });

($result[0] // empty | findings | command), ($error[0].error // empty | command)
