package command

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"corbel.example/sdk/command"
	"corbel.example/sdk/fault"
	"corbel.example/sdk/plugin"
)

func TestCollectRefuses(t *testing.T) {
	t.Parallel()
	routes := []plugin.Route{{Method: http.MethodPost, Pattern: "/api/x/run"}, {Method: http.MethodGet, Pattern: "/api/x/get"}, {Method: http.MethodPost, Pattern: "/api/x/{id}"}}
	run := plugin.Command{Name: "x run", Method: http.MethodPost, Route: "/api/x/run"}
	with := func(change func(*plugin.Command)) plugin.Command {
		c := run
		change(&c)
		return c
	}
	for name, test := range map[string]struct {
		command plugin.Command
		want    string
	}{
		"a name of three words":           {with(func(c *plugin.Command) { c.Name = "x run now" }), "one or two words"},
		"a name with capitals":            {with(func(c *plugin.Command) { c.Name = "Run" }), "one or two words"},
		"a name of corbel's own":          {with(func(c *plugin.Command) { c.Name = "serve fast" }), "corbel has a command serve"},
		"a name that is taken":            {run, `plugin x has the command "x run" already`},
		"a name that is a group":          {with(func(c *plugin.Command) { c.Name = "x" }), `plugin x has the command "x run" already`},
		"a route that is not declared":    {with(func(c *plugin.Command) { c.Name, c.Route = "y", "/api/x/walk" }), "is none of the manifest's"},
		"a route that takes no body":      {with(func(c *plugin.Command) { c.Name, c.Method, c.Route = "y", http.MethodGet, "/api/x/get" }), "is none of the manifest's"},
		"a route with wildcards":          {with(func(c *plugin.Command) { c.Name, c.Route = "y", "/api/x/{id}" }), "without wildcards"},
		"flags that are no JSON":          {with(func(c *plugin.Command) { c.Name, c.FlagsSchema = "y", json.RawMessage(`{`) }), "not valid"},
		"flags that are no object":        {with(func(c *plugin.Command) { c.Name, c.FlagsSchema = "y", json.RawMessage(`{"type":"array"}`) }), "must be of an object"},
		"a flag that every command has":   {with(func(c *plugin.Command) { c.Name, c.FlagsSchema = "y", schema(`"log_level":{"type":"string"}`) }), "every command has a flag --log-level"},
		"a flag of an unknown type":       {with(func(c *plugin.Command) { c.Name, c.FlagsSchema = "y", schema(`"a":{"type":"object"}`) }), `of type "object"`},
		"flags that refer to other files": {with(func(c *plugin.Command) { c.Name, c.FlagsSchema = "y", json.RawMessage(`{"$ref":"file:///etc/passwd"}`) }), "not supported"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			commands, refused := Collect([]plugin.Manifest{{Name: "x", Routes: routes, Commands: []plugin.Command{run, test.command}}}, []string{"serve"}, []string{"log-level"})
			if len(commands) != 1 || len(refused) != 1 || !strings.Contains(refused[0].Error(), test.want) {
				t.Errorf("%d commands, refused: %v", len(commands), refused)
			}
		})
	}
}

func schema(properties string) json.RawMessage {
	return json.RawMessage(`{"type":"object","properties":{` + properties + `}}`)
}

func TestFlagsMakeAnObject(t *testing.T) {
	t.Parallel()
	f, err := parseFlags(schema(`"name":{"type":"string","enum":["a","b"],"default":"a"},"n":{"type":"integer"},"x":{"type":"number"},"on":{"type":"boolean"},"l":{"type":"array"}`), nil)
	if err != nil {
		t.Fatal(err)
	}
	for args, want := range map[string]string{
		"":                             `{"name":"a"}`,
		"--name b --n -7 --x 1e3 --on": `{"n":-7,"name":"b","on":true,"x":1e3}`,
		"--on=false --l a --l b,c":     `{"l":["a","b","c"],"name":"a","on":false}`,
		"--name c":                     "--name: value must be one of",
		"--x NaN":                      "it must be a number",
		"--on=maybe":                   "it must be true or false",
	} {
		set := pflag.NewFlagSet("test", pflag.ContinueOnError)
		set.SetOutput(io.Discard)
		given := f.Add(set)
		err := set.Parse(strings.Fields(args))
		var got json.RawMessage
		if err == nil {
			got, err = f.Object(given)
		}
		if err != nil {
			got = json.RawMessage(err.Error())
		}
		if !strings.Contains(string(got), want) {
			t.Errorf("%q gives %s, want %s", args, got, want)
		}
	}
}

func TestProgressOnATerminal(t *testing.T) {
	t.Parallel()
	var stdout, stderr strings.Builder
	o := NewOutput(&stdout, &stderr, 50)
	o.Header().Set("Content-Type", command.MediaType)
	s := command.NewStream(o, "r")
	s.Progress(command.Progress{Text: "Making " + strings.Repeat("long ", 20), Done: 1, Total: 2})
	s.Print("one\n")
	s.Progress(command.Progress{Text: "Nobody knows"})
	s.Fail(fault.New(fault.Unavailable, "Not now."))
	err := o.Close(nil)
	var failure *Failure
	if !errors.As(err, &failure) || failure.ExitCode() != ExitLater || failure.Error() != "Not now. (request id r)" {
		t.Errorf("it ends with %v", err)
	}
	if stdout.String() != "one\n" {
		t.Errorf("it prints %q", stdout.String())
	}
	want := clearLine + "[############............]  50%  Making long lon…" + clearLine + clearLine + "Nobody knows" + clearLine
	if stderr.String() != want {
		t.Errorf("it shows\n%q, want\n%q", stderr.String(), want)
	}
}

func TestExitCodes(t *testing.T) {
	t.Parallel()
	for kind, want := range map[fault.Kind]int{
		fault.Invalid: ExitMisuse, fault.Unauthenticated: ExitRefused, fault.Forbidden: ExitRefused, fault.Conflict: ExitFailed,
		fault.NotFound: ExitFailed, fault.Unavailable: ExitLater, fault.Exhausted: ExitLater, fault.Timeout: ExitLater, fault.Internal: ExitFailed,
	} {
		if got := (&Failure{fault.New(kind, "").Problem("")}).ExitCode(); got != want {
			t.Errorf("%s: exit code %d, want %d", kind, got, want)
		}
	}
}

func TestAnswersThatAreTooLarge(t *testing.T) {
	t.Parallel()
	var stdout strings.Builder
	o := NewOutput(&stdout, io.Discard, 0)
	_, err := o.Write(make([]byte, maxAnswer+1))
	if err == nil || stdout.Len() > 0 {
		t.Errorf("%d bytes are shown, %v", stdout.Len(), err)
	}
}
