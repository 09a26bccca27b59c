package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"corbel.example/host/internal/command"
	sdkcommand "corbel.example/sdk/command"
	"corbel.example/sdk/correlation"
	"corbel.example/sdk/fault"
	"corbel.example/sdk/identity"
	"corbel.example/sdk/plugin"
)

// The commands of the plugin probe.
var (
	probeCommands = []plugin.Command{
		{
			Name: "probe greet", Summary: "Greet somebody", Method: http.MethodPost, Route: "/api/probe/commands/greet",
			FlagsSchema: json.RawMessage(`{"type":"object","additionalProperties":false,"properties":{
				"the_name":{"type":"string","description":"Whom to greet","default":"World"},
				"times":{"type":"integer","minimum":1,"maximum":3,"default":1},
				"loud":{"type":"boolean"},"tag":{"type":"array","items":{"type":"string"}}}}`),
		},
		{Name: "probe refuse", Summary: "Refuse", Method: http.MethodPost, Route: "/api/probe/commands/refuse"},
		{Name: "probe die", Summary: "Die", Method: http.MethodPost, Route: "/api/probe/commands/die"},
		{Name: "probe wait", Summary: "Wait", Method: http.MethodPost, Route: "/api/probe/commands/wait"},
		{Name: "about", Summary: "Say something", Method: http.MethodPost, Route: "/api/probe/commands/about"},
		{Name: "serve", Summary: "Be another", Method: http.MethodPost, Route: "/api/probe/commands/about"},
	}
	probeCommandRoutes = []plugin.Route{
		{Method: http.MethodPost, Pattern: "/api/probe/commands/greet", Streaming: true},
		{Method: http.MethodPost, Pattern: "/api/probe/commands/refuse"},
		{Method: http.MethodPost, Pattern: "/api/probe/commands/die", Streaming: true},
		{Method: http.MethodPost, Pattern: "/api/probe/commands/wait", Streaming: true},
		{Method: http.MethodPost, Pattern: "/api/probe/commands/about", Auth: plugin.Anyone},
	}
)

func handleProbeCommands(mux *http.ServeMux) {
	const root = "POST /api/probe/commands/"
	mux.HandleFunc(root+"greet", func(w http.ResponseWriter, r *http.Request) {
		var flags struct {
			TheName string `json:"the_name"`
			Times   int
			Loud    bool
			Tag     []string
		}
		s := sdkcommand.NewStream(w, correlation.RequestID(r.Context()))
		if err := json.NewDecoder(r.Body).Decode(&flags); err != nil {
			s.Fail(err)
			return
		}
		id, _ := identity.FromContext(r.Context())
		for i := range flags.Times {
			s.Progress(sdkcommand.Progress{Text: fmt.Sprintf("greeting %d\x1b[2J", i+1), Done: i, Total: flags.Times})
		}
		s.Print(fmt.Sprintf("Hello %s from %s %s with %s, loud: %t, tags: %v\n",
			flags.TheName, id.User.ID, id.User.Email, id.AccessToken.Reveal(), flags.Loud, flags.Tag))
	})
	mux.Handle(root+"refuse", fault.HandlerFunc(func(http.ResponseWriter, *http.Request) error {
		return fault.New(fault.Forbidden, "You may not: ask for a GRANT.")
	}))
	mux.HandleFunc(root+"die", func(w http.ResponseWriter, _ *http.Request) {
		sdkcommand.NewStream(w, "").Progress(sdkcommand.Progress{Text: "dying"})
		panic("dead")
	})
	mux.HandleFunc(root+"wait", func(w http.ResponseWriter, r *http.Request) {
		sdkcommand.NewStream(w, "").Progress(sdkcommand.Progress{Text: "waiting"})
		<-r.Context().Done()
	})
	mux.HandleFunc(root+"about", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		fmt.Fprintln(w, "A probe.")
	})
}

// directory is a workspace that knows whose the token "good" is.
func directory(t *testing.T) []string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		switch {
		case r.URL.Path != "/api/2.0/preview/scim/v2/Me":
			w.WriteHeader(http.StatusNotFound)
		case r.Header.Get("Authorization") != "Bearer good":
			w.WriteHeader(http.StatusUnauthorized)
			fmt.Fprint(w, `{"error_code":"401","message":"no"}`)
		default:
			w.Header().Set("X-Databricks-Org-Id", "42")
			fmt.Fprint(w, `{"id":"7","userName":"ana@example.com","emails":[{"value":"ana@example.com","primary":true}]}`)
		}
	}))
	t.Cleanup(s.Close)
	return []string{"DATABRICKS_HOST=" + s.URL, "DATABRICKS_TOKEN=good"}
}

func TestPluginCommand(t *testing.T) {
	t.Parallel()
	known := directory(t)
	for name, test := range map[string]struct {
		args           []string
		environ        []string
		code           int
		stdout, stderr string
	}{
		"has its flags, defaults and caller": {
			[]string{"probe", "greet", "--times", "2", "--loud", "--tag", "a,b", "--tag=c"},
			known, 0,
			"Hello World from 7@42 ana@example.com with good, loud: true, tags: [a b c]\n", "[0/2] greeting 1\ufffd[2J\n[1/2] greeting 2\ufffd[2J\n",
		},
		"takes underscores as dashes":          {[]string{"probe", "greet", "--the-name", "Ada"}, known, 0, "Hello Ada", ""},
		"is found behind flags":                {[]string{"--log-level", "info", "probe", "greet"}, known, 0, "Hello World", ""},
		"tells why it was refused":             {[]string{"probe", "refuse"}, known, command.ExitRefused, "", "corbel: You may not: ask for a GRANT.\n"},
		"needs a token":                        {[]string{"probe", "greet"}, known[:1], command.ExitRefused, "", "set DATABRICKS_HOST and DATABRICKS_TOKEN"},
		"needs a good token":                   {[]string{"probe", "greet"}, append([]string{"DATABRICKS_TOKEN=bad"}, known[0]), command.ExitRefused, "", "does not accept the token"},
		"needs a workspace that answers":       {[]string{"probe", "greet"}, []string{"DATABRICKS_HOST=http://127.0.0.1:1", known[1]}, command.ExitLater, "", "http://127.0.0.1:1 does not say who you are: Databricks cannot be reached"},
		"for anyone needs none":                {[]string{"about"}, nil, 0, "A probe.\n", ""},
		"refuses a flag that it lacks":         {[]string{"probe", "greet", "--tims", "2"}, known, command.ExitMisuse, "", "unknown flag: --tims"},
		"refuses a value of another type":      {[]string{"probe", "greet", "--times", "two"}, known, command.ExitMisuse, "", "whole number"},
		"refuses a value that is out of range": {[]string{"probe", "greet", "--times", "9"}, known, command.ExitMisuse, "", "--times: "},
		"refuses an argument":                  {[]string{"probe", "greet", "Ada"}, known, command.ExitMisuse, "", `takes no argument "Ada"`},
		"that dies says so":                    {[]string{"probe", "die"}, known, 1, "", "broke off"},
		"that nobody offers is unknown":        {[]string{"porbe"}, known, command.ExitMisuse, "", `unknown command "porbe"`},
		"of an unknown second word":            {[]string{"probe", "gret"}, known, command.ExitMisuse, "", `unknown command "probe gret"`},
		"has help":                             {[]string{"probe", "greet", "--help"}, nil, 0, "--the-name string", ""},
		"is in the help":                       {[]string{"--help"}, nil, 0, "Commands of plugins:\n  about       Say something\n  probe       Commands of the plugin probe\n", ""},
		"and its group has help":               {[]string{"help", "probe"}, nil, 0, "greet       Greet somebody", ""},
		"cannot have the name of ours":         {[]string{"servee"}, nil, command.ExitMisuse, "", `command "serve": corbel has a command serve of its own`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newProgram(t, place)
			code := p.run(t.Context(), test.environ, test.args...)
			if code != test.code || !strings.Contains(p.stdout.String(), test.stdout) || !strings.Contains(p.stderr.String(), test.stderr) {
				t.Errorf("exit code %d\nstdout: %s\nstderr: %s", code, &p.stdout, &p.stderr)
			}
			if strings.ContainsRune(p.stdout.String()+p.stderr.String(), '\x1b') {
				t.Error("an escape sequence of the plugin's gets through")
			}
		})
	}
}

func TestPluginCommandInterrupted(t *testing.T) {
	t.Parallel()
	p := newProgram(t, place)
	ctx, interrupt := context.WithCancel(t.Context())
	code := make(chan int, 1)
	go func() { code <- p.run(ctx, directory(t), "probe", "wait") }()
	awaitText(t, &p.stderr, "waiting")
	interrupt()
	if got := <-code; got != exitInterrupted || !strings.Contains(p.stderr.String(), "corbel: interrupted") {
		t.Errorf("exit code %d: %s", got, &p.stderr)
	}
}

func TestPluginCommandWithoutItsPlugin(t *testing.T) {
	t.Parallel()
	p := newProgram(t) // the plugin's configuration lacks its place
	code := p.run(t.Context(), directory(t), "probe", "greet")
	if code != 1 || !strings.Contains(p.stderr.String(), "plugin probe does not run") || !strings.Contains(p.stderr.String(), "PROBE_PLACE") {
		t.Errorf("exit code %d: %s", code, &p.stderr)
	}
}
