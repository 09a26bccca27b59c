package doctor

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/databricks/databricks-sdk-go/client"
)

// app compares the deployed app with what the plugins need.
func (p Params) app(ctx context.Context, c *client.DatabricksClient) Check {
	if p.AppName == "" {
		return skipped(checkScopes, fmt.Sprintf(scopesUnknown, strings.Join(p.Scopes, ", ")))
	}
	var deployed struct {
		UserAPIScopes []string `json:"user_api_scopes"`
		Resources     []struct {
			Name string `json:"name"`
		} `json:"resources"`
	}
	if err := get(ctx, c, "/api/2.0/apps/"+url.PathEscape(p.AppName), &deployed); err != nil {
		return failed(checkScopes+" of app "+p.AppName, message(err), repairApp)
	}
	var missing []string
	for _, scope := range p.Scopes {
		if !slices.Contains(deployed.UserAPIScopes, scope) {
			missing = append(missing, "scope "+scope)
		}
	}
	for _, r := range p.Resources {
		has := slices.ContainsFunc(deployed.Resources, func(have struct {
			Name string `json:"name"`
		},
		) bool {
			return have.Name == r.Key
		})
		if !has {
			missing = append(missing, "resource "+r.Key)
		}
	}
	if len(missing) > 0 {
		return failed(checkScopes+" of app "+p.AppName, "it lacks "+strings.Join(missing, ", "), repairScopes)
	}
	return ok(checkScopes+" of app "+p.AppName, "it has what plugins need")
}

// reach finds out whether a workspace answers at the address.
func reach(ctx context.Context, host string) Check {
	if !strings.Contains(host, "://") {
		host = "https://" + host
	}
	address := strings.TrimRight(host, "/") + "/oidc/.well-known/oauth-authorization-server"
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return failed(checkHost, "it is no address", repairHost)
	}
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment, DisableKeepAlives: true}
	response, err := transport.RoundTrip(r)
	if err != nil {
		return failed(checkHost+" "+r.URL.Host, err.Error(), repairHost)
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, io.LimitReader(response.Body, maxAnswer)); err != nil || response.StatusCode != http.StatusOK {
		return failed(checkHost+" "+r.URL.Host, "no workspace answers there: status "+response.Status, repairHost)
	}
	return ok(checkHost+" "+r.URL.Host, "it answers")
}

// maxAnswer is how much is read of an answer that is not looked at.
const maxAnswer = 64 << 10
