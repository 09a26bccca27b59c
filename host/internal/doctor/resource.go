package doctor

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/databricks/databricks-sdk-go/client"

	"corbel.example/sdk/workspace"
)

func (r Resource) name() string { return r.Kind + " of " + r.Plugin }

// check asks the workspace about the resource as the app.
func (r Resource) check(ctx context.Context, c *client.DatabricksClient, database string) Check {
	if r.Value == "" {
		return failed(r.name(), "it is not named", fmt.Sprintf(repairUnnamed, r.Env, r.Description))
	}
	probe, known := probes[r.Kind]
	if !known {
		return skipped(r.name(), "it is named; whether the app may use it is not known for this kind")
	}
	detail, err := probe(ctx, c, r.Value, database)
	if err != nil {
		return failed(r.name()+" "+r.Value, message(err), fmt.Sprintf(repairs[r.Kind], r.Env, r.Permission))
	}
	return ok(r.name()+" "+r.Value, detail)
}

// probe finds out whether the app can use a resource, and says what it found.
type probe func(ctx context.Context, c *client.DatabricksClient, value, database string) (string, error)

var probes = map[string]probe{
	"sql_warehouse": func(ctx context.Context, c *client.DatabricksClient, id, _ string) (string, error) {
		var answer struct {
			Name  string `json:"name"`
			State string `json:"state"`
		}
		err := get(ctx, c, "/api/2.0/sql/warehouses/"+url.PathEscape(id), &answer)
		if err == nil && strings.HasPrefix(answer.State, "DELET") {
			err = fmt.Errorf("it is %s", answer.State)
		}
		return answer.Name + " is " + answer.State, err
	},
	"serving_endpoint": func(ctx context.Context, c *client.DatabricksClient, name, _ string) (string, error) {
		var answer struct {
			State struct {
				Ready string `json:"ready"`
			} `json:"state"`
		}
		err := get(ctx, c, "/api/2.0/serving-endpoints/"+url.PathEscape(name), &answer)
		if err == nil && answer.State.Ready != "READY" {
			err = fmt.Errorf("it is %s", answer.State.Ready)
		}
		return answer.State.Ready, err
	},
	"postgres": func(ctx context.Context, c *client.DatabricksClient, endpoint, database string) (string, error) {
		call := workspace.Call{
			Op: "doctor.credential", Method: http.MethodPost, Path: "/api/2.0/postgres/credentials",
			Body: map[string]string{"endpoint": endpoint},
		}
		if err := workspace.Do(ctx, c, call); err != nil {
			return "", err
		}
		return dial(ctx, database)
	},
	// The app gets the instance's host, which names no instance to ask for.
	"database": func(ctx context.Context, _ *client.DatabricksClient, _, database string) (string, error) {
		return dial(ctx, database)
	},
}

func get(ctx context.Context, c *client.DatabricksClient, path string, answer any) error {
	return workspace.Do(ctx, c, workspace.Call{Op: "doctor", Method: http.MethodGet, Path: path, Answer: answer})
}

// sslRequest asks a PostgreSQL server for TLS; it answers S or N.
// See https://www.postgresql.org/docs/current/protocol-message-formats.html#PROTOCOL-MESSAGE-FORMATS-SSLREQUEST.
var sslRequest = []byte{0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f}

// dial finds out whether a database answers, without logging in.
func dial(ctx context.Context, address string) (string, error) {
	if address == "" {
		return "", errNoDatabase
	}
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", address)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	if deadline, bounded := ctx.Deadline(); bounded {
		if err := conn.SetDeadline(deadline); err != nil {
			return "", err
		}
	}
	if _, err := conn.Write(sslRequest); err != nil {
		return "", err
	}
	answer := make([]byte, 1)
	if _, err := conn.Read(answer); err != nil {
		return "", fmt.Errorf("%s does not answer: %w", address, err)
	}
	if answer[0] != 'S' {
		return "", fmt.Errorf("%s offers no TLS", address)
	}
	return address + " answers", nil
}
