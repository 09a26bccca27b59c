package workspace

import (
	_ "embed"
	"fmt"
	"strings"
	"testing"

	"github.com/databricks/databricks-sdk-go/client"
	"github.com/google/go-cmp/cmp"
)

// everydaySQL holds statements with what Databricks answers; its head tells the form.
//
//go:embed testdata/everyday.sql
var everydaySQL string

// everydayFloor is the number of everyday statements that behave as on Databricks at
// least: it rises with every one that is put right. The target is 98 of 110 of them.
const everydayFloor = 354

// everyday is one statement and what it has to answer; what is empty is not compared.
type everyday struct {
	statement             string
	parameters            []object
	rows                  []string
	types, columns        string
	fault, faultMentioned string
}

// readEveryday reads the statements of the file.
func readEveryday(t *testing.T) []everyday {
	t.Helper()
	var all []everyday
	for _, block := range strings.Split(everydaySQL, "\n\n") {
		var e everyday
		var lines []string
		for _, line := range strings.Split(block, "\n") {
			mark, rest, _ := strings.Cut(line, " ")
			switch mark {
			case "--":
			case "?":
				parts := strings.SplitN(rest, " ", 3)
				e.parameters = append(e.parameters, object{"name": parts[0], "type": parts[1], "value": parts[2]})
			case ">":
				e.rows = append(e.rows, rest)
			case ":":
				e.types = rest
			case "=":
				e.columns = rest
			case "!":
				e.fault = rest
			case "~":
				e.faultMentioned = rest
			default:
				lines = append(lines, line)
			}
		}
		if e.statement = strings.TrimSpace(strings.Join(lines, "\n")); e.statement != "" {
			all = append(all, e)
		}
	}
	return all
}

// differs runs the statement and says in what the answer differs, or nothing.
func (e everyday) differs(t *testing.T, c *client.DatabricksClient) string {
	t.Helper()
	a, err := execute(t.Context(), c, e.statement, object{"parameters": e.parameters})
	if err != nil {
		return err.Error()
	}
	message := a.Status.Error.Message
	if e.fault != "" {
		class, _, _ := strings.Cut(strings.TrimPrefix(message, "["), "]")
		switch got := class + " " + a.Status.SQLState; {
		case a.Status.State != "FAILED":
			return fmt.Sprintf("%s, want %s; rows:\n%s", a.Status.State, e.fault, a.rows())
		case got != e.fault || !strings.Contains(message, e.faultMentioned):
			return fmt.Sprintf("error %s: %s\nwant %s: %s", got, message, e.fault, e.faultMentioned)
		}
		return ""
	}
	if a.Status.State != "SUCCEEDED" {
		return a.Status.State + " " + message
	}
	var diffs []string
	if want := strings.Join(e.rows, "\n"); want != "" && a.rows() != want {
		diffs = append(diffs, "rows (-want +got):\n"+cmp.Diff(want, a.rows()))
	}
	if e.types != "" && a.types() != e.types {
		diffs = append(diffs, "types "+a.types()+"\nwant  "+e.types)
	}
	if e.columns != "" && a.columns() != e.columns {
		diffs = append(diffs, "columns "+a.columns()+"\nwant    "+e.columns)
	}
	return strings.Join(diffs, "\n")
}

// TestEveryday runs the everyday statements in order, prints how many behave, and fails
// below the floor.
func TestEveryday(t *testing.T) {
	t.Parallel()
	c := serve(t, t.TempDir()).databricks(t, ana)
	statements := readEveryday(t)
	good := 0
	for _, e := range statements {
		if diff := e.differs(t, c); diff != "" {
			t.Logf("%s\n%s\n", e.statement, diff)
			continue
		}
		good++
	}
	t.Logf("%d of %d everyday statements behave as on Databricks", good, len(statements))
	if good < everydayFloor {
		t.Errorf("%d of %d behave, want at least %d", good, len(statements), everydayFloor)
	}
}
