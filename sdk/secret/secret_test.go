package secret_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"corbel.example/sdk/secret"
)

func TestASecretDoesNotPrint(t *testing.T) {
	t.Parallel()
	const text = "dapi-0123456789"
	s := secret.New(text)
	held := struct {
		Token  secret.String
		Nested []*secret.String
	}{s, []*secret.String{&s}}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "token", s, "held", held)
	asJSON, err := json.Marshal(held)
	if err != nil {
		t.Fatal(err)
	}
	for name, out := range map[string]string{
		"%v": fmt.Sprintf("%v", held), "%+v": fmt.Sprintf("%+v", s), "%#v": fmt.Sprintf("%#v", held), "%s": s.String(),
		"%q": fmt.Sprintf("%q", s), "JSON": string(asJSON), "log": log.String(),
	} {
		if strings.Contains(out, text) {
			t.Errorf("%s prints the secret: %s", name, out)
		}
	}
	if s.Reveal() != text || s.IsZero() {
		t.Error("the secret is lost")
	}
	if (secret.String{}).String() != "" || !(secret.String{}).IsZero() {
		t.Error("no secret prints as one")
	}
}

func TestASecretIsReadFromJSON(t *testing.T) {
	t.Parallel()
	var config struct{ Token secret.String }
	if err := json.Unmarshal([]byte(`{"Token":"abc"}`), &config); err != nil {
		t.Fatal(err)
	}
	if config.Token.Reveal() != "abc" {
		t.Errorf("got %q", config.Token.Reveal())
	}
}
