package preference_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"corbel.example/plugins/unitycatalog/internal/preference"
	"corbel.example/sdk/fault"
)

// keeper answers as lakebase does.
type keeper func(r *http.Request, plugin string) (*http.Response, error)

func (k keeper) Call(r *http.Request, plugin string) (*http.Response, error) { return k(r, plugin) }

func says(status int, body string) keeper {
	return func(r *http.Request, plugin string) (*http.Response, error) {
		if r.URL.Path != preference.Call.Pattern || plugin != preference.Call.Plugin || r.Method != preference.Call.Method {
			return nil, errors.New("another call than the manifest lists")
		}
		return &http.Response{StatusCode: status, Body: io.NopCloser(strings.NewReader(body))}, nil
	}
}

func fails(err error) keeper {
	return func(*http.Request, string) (*http.Response, error) { return nil, err }
}

func TestUsersChoicesGoOverTheApps(t *testing.T) {
	t.Parallel()
	app := preference.Choices{Catalog: "main", Schema: "samples", PageSize: 100}
	for name, test := range map[string]struct {
		keeper keeper
		want   preference.Choices
	}{
		"nothing saved":    {says(200, `{}`), app},
		"a page size":      {says(200, `{"theme":"dark","page_size":25}`), preference.Choices{Catalog: "main", Schema: "samples", PageSize: 25}},
		"too large a page": {says(200, `{"page_size":5000}`), preference.Choices{Catalog: "main", Schema: "samples", PageSize: 1000}},
		"another catalog":  {says(200, `{"default_catalog":"dev"}`), preference.Choices{Catalog: "dev", PageSize: 100}},
		"another schema":   {says(200, `{"default_schema":"raw"}`), preference.Choices{Catalog: "main", Schema: "raw", PageSize: 100}},
		"both":             {says(200, `{"default_catalog":"dev","default_schema":"raw"}`), preference.Choices{Catalog: "dev", Schema: "raw", PageSize: 100}},
		"no lakebase":      {fails(fault.New(fault.NotEnabled, "")), app},
		"no database":      {says(503, `{"code":"DATABASE_UNAVAILABLE"}`), app},
		"garbage":          {says(200, `{"page_size":"many"`), app},
		"a plugin that hangs": {func(r *http.Request, _ string) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		}, app},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := &preference.Reader{Host: test.keeper, Logger: slog.New(slog.DiscardHandler), App: app, MaxPageSize: 1000}
			if got := r.Of(context.WithoutCancel(t.Context())); got != test.want {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
}
