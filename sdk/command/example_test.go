package command_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"

	"corbel.example/sdk/command"
	"corbel.example/sdk/correlation"
	"corbel.example/sdk/fault"
	"corbel.example/sdk/rest"
)

// The flags come as a JSON object. What happens meanwhile is told as it happens.
func ExampleStream() {
	greet := func(w http.ResponseWriter, r *http.Request) error {
		var flags struct {
			People []string `json:"people"`
		}
		if err := rest.Decode(w, r, 4<<10, &flags); err != nil {
			return err
		}
		if len(flags.People) == 0 {
			return fault.New(fault.Invalid, "Say whom to greet: --people Ada,Grace.")
		}
		s := command.NewStream(w, correlation.RequestID(r.Context()))
		for i, name := range flags.People {
			s.Progress(command.Progress{Text: "greeting " + name, Done: i, Total: len(flags.People)})
			s.Print("Hello, " + name + "!\n")
		}
		return nil
	}

	r := httptest.NewRequestWithContext(context.Background(), http.MethodPost, "/api/hello/commands/greet", strings.NewReader(`{"people":["Ada","Grace"]}`))
	w := httptest.NewRecorder()
	r.Header.Set("Content-Type", "application/json")
	fault.HandlerFunc(greet).ServeHTTP(w, r)
	_, _ = w.Body.WriteTo(os.Stdout)
	// Output:
	// event: progress
	// data: {"text":"greeting Ada","total":2}
	//
	// event: print
	// data: {"text":"Hello, Ada!\n"}
	//
	// event: progress
	// data: {"text":"greeting Grace","done":1,"total":2}
	//
	// event: print
	// data: {"text":"Hello, Grace!\n"}
}
