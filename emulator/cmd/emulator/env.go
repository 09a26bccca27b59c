package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"corbel.example/emulator/internal/principal"
	"corbel.example/emulator/internal/serving"
	"corbel.example/emulator/internal/workspace"
)

// defaultUser is whose token `emulator env` prints unless told otherwise.
const defaultUser = "ana"

func newEnvCommand(p process, s *settings) *cobra.Command {
	var (
		user  string
		asApp bool
	)
	cmd := &cobra.Command{
		Use:     "env",
		Short:   "Print the variables by which a Databricks client uses the running workspace",
		Example: "  eval \"$(emulator env --user ben)\"",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			exports, err := clientEnvironment(s.stateDir, user, asApp)
			if err != nil {
				return err
			}
			_, err = fmt.Fprint(p.stdout, exports)
			return err
		},
	}
	cmd.Flags().StringVar(&user, "user", defaultUser, "who to be: a user name, what stands before its @, or deployer, a service principal")
	cmd.Flags().BoolVar(&asApp, "app", false, "also print the app's own credentials, by which corbel's commands start plugins")
	return cmd
}

// clientEnvironment returns the export lines for a user of the workspace that
// runs on a state folder. asApp adds what the app has.
func clientEnvironment(stateDir, user string, asApp bool) (string, error) {
	now, err := nowRunning(stateDir)
	switch {
	case errors.Is(err, errNotRunning):
		return "", fmt.Errorf("no workspace runs on the state folder %s: start one with `make emulator` or `make run`", stateDir)
	case err != nil:
		return "", err
	case now.Real:
		return "", fmt.Errorf("no workspace is emulated: the app works with the one in DATABRICKS_HOST")
	case !now.Ready:
		return "", errors.New("the workspace is still starting: try again in a moment")
	}
	people, err := principal.Open(filepath.Join(stateDir, workspaceFolder))
	if err != nil {
		return "", err
	}
	name, credentials, err := credentialsOf(people, user)
	if err != nil {
		return "", err
	}
	exports := export(hostVariable, now.WorkspaceURL) + credentials + export(warehouseVariable, workspace.WarehouseID) +
		export(endpointVariable, serving.ChatEndpoint)
	role := name
	if asApp {
		id, secret := people.AppCredentials()
		exports += export("DATABRICKS_CLIENT_ID", id) + export("DATABRICKS_CLIENT_SECRET", secret)
		role = id
	}
	for _, pair := range slices.Concat(trusting(now.CAFile), now.Lakebase.variables(role)) {
		name, value, _ := strings.Cut(pair, "=")
		exports += export(name, value)
	}
	return exports, nil
}

// credentialsOf returns the export lines by which somebody signs in, and their user name: a
// personal token of a user, the secret of the deployer.
func credentialsOf(people *principal.Directory, user string) (name, exports string, err error) {
	if user == principal.Deployer {
		for _, p := range people.ServicePrincipals() {
			if secret, ok := people.ClientSecret(p.UserName); ok && p.DisplayName == principal.Deployer {
				return p.UserName, export("DATABRICKS_TOKEN", "") + export("DATABRICKS_CLIENT_ID", p.UserName) + export("DATABRICKS_CLIENT_SECRET", secret), nil
			}
		}
	}
	if name, err = findUser(people.Users(), user); err != nil {
		return "", "", err
	}
	token, err := people.PersonalToken(name)
	if err != nil {
		return "", "", err
	}
	return name, export("DATABRICKS_TOKEN", token), nil
}

// trusting are the NAME=VALUE pairs by which clients in Go, Python and Node.js trust the
// certificate authority in a file; none for no file.
func trusting(caFile string) []string {
	if caFile == "" {
		return nil
	}
	return []string{"SSL_CERT_FILE=" + caFile, "REQUESTS_CA_BUNDLE=" + caFile, "NODE_EXTRA_CA_CERTS=" + caFile}
}

// findUser returns the user name that name means.
func findUser(users []principal.Principal, name string) (string, error) {
	var names []string
	for _, u := range users {
		local, _, _ := strings.Cut(u.UserName, "@")
		if strings.EqualFold(name, u.UserName) || strings.EqualFold(name, local) {
			return u.UserName, nil
		}
		names = append(names, u.UserName)
	}
	return "", fmt.Errorf("no user %q: the users are %s", name, strings.Join(names, ", "))
}

// export is a line that sets a variable in any POSIX shell, whatever is in it.
func export(name, value string) string {
	return "export " + name + "='" + strings.ReplaceAll(value, "'", `'\''`) + "'\n"
}
