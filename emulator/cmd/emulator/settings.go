package main

import (
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/spf13/pflag"
)

const (
	defaultPort      = 8000
	defaultServePort = 8001
	defaultStateDir  = ".corbel"

	maxTokensPerSecond = 10_000
)

// settings are what the user may set, each by a flag or by a variable of the
// environment; the flag wins.
type settings struct {
	stateDir          string
	logLevel          slog.Level
	logFormat         string
	workspacePort     uint16
	warehouseStart    time.Duration
	faults            string
	tls               bool
	postgres          string
	lakebasePort      uint16
	tokenLife         time.Duration
	tokensPerSecond   float64
	requestsPerMinute uint16
	port              uint16
	allowedHosts      []string
	scopes            []string
	appName           string
	appStartTimeout   time.Duration
	appStopTimeout    time.Duration
}

// variableKey annotates a flag with the variable that sets it too.
const variableKey = "variable"

func variable(flags *pflag.FlagSet, flag, name string) {
	f := flags.Lookup(flag)
	f.Usage += " (" + name + ")"
	f.Annotations = map[string][]string{variableKey: {name}}
}

func (s *settings) stateFlags(flags *pflag.FlagSet) {
	flags.StringVar(&s.stateDir, "state-dir", defaultStateDir, "folder that holds everything the emulator writes")
	variable(flags, "state-dir", "CORBEL_STATE_DIR")
}

func (s *settings) logFlags(flags *pflag.FlagSet) {
	flags.TextVar(&s.logLevel, "log-level", slog.LevelInfo, "lowest level that is logged: debug, info, warn, error")
	variable(flags, "log-level", "LOG_LEVEL")
	flags.StringVar(&s.logFormat, "log-format", "json", "json, one object a line, or text")
	variable(flags, "log-format", "LOG_FORMAT")
}

func (s *settings) workspaceFlags(flags *pflag.FlagSet, port uint16) {
	flags.Uint16Var(&s.workspacePort, "workspace-port", port, "port of the workspace; 0 for a free one, the same as last time if it is still free")
	variable(flags, "workspace-port", "CORBEL_WORKSPACE_PORT")
	flags.DurationVar(&s.warehouseStart, "warehouse-start-time", 0, "how long a start of the SQL warehouse takes")
	variable(flags, "warehouse-start-time", "CORBEL_WAREHOUSE_START_TIME")
	flags.StringVar(&s.faults, "faults", "", "JSON file of faults that requests meet from the start")
	variable(flags, "faults", "CORBEL_FAULTS")
	s.servingFlags(flags)
	s.lakebaseFlags(flags)
}

func (s *settings) servingFlags(flags *pflag.FlagSet) {
	flags.Float64Var(&s.tokensPerSecond, "tokens-per-second", 20, "how fast the streams of serving endpoints are; 0 for as fast as they can")
	variable(flags, "tokens-per-second", "CORBEL_TOKENS_PER_SECOND")
	flags.Uint16Var(&s.requestsPerMinute, "serving-rate-limit", 0, "requests that each user may send to each serving endpoint in a minute; 0 for any number")
	variable(flags, "serving-rate-limit", "CORBEL_SERVING_RATE_LIMIT")
}

func (s *settings) lakebaseFlags(flags *pflag.FlagSet) {
	flags.StringVar(&s.postgres, "postgres", postgresAuto, "PostgreSQL's programs: a folder, fetch, off, or auto for those that are found, or else fetched")
	variable(flags, "postgres", "CORBEL_POSTGRES")
	flags.Uint16Var(&s.lakebasePort, "lakebase-port", 0, "port of Lakebase; 0 for a free one, the same as last time if it is still free")
	variable(flags, "lakebase-port", lakebaseVariable)
	flags.DurationVar(&s.tokenLife, "database-token-life", time.Hour, "how long a credential for Lakebase is good")
	variable(flags, "database-token-life", "CORBEL_DATABASE_TOKEN_LIFE")
}

func (s *settings) tlsFlags(flags *pflag.FlagSet) {
	flags.BoolVar(&s.tls, "tls", false, "serve the workspace by https, by a certificate authority in the state folder that the app trusts")
	variable(flags, "tls", "CORBEL_TLS")
}

func (s *settings) appFlags(flags *pflag.FlagSet) {
	flags.Uint16Var(&s.port, "port", defaultPort, "port to open in the browser; 0 for a free one")
	variable(flags, "port", "CORBEL_PORT")
	flags.StringSliceVar(&s.allowedHosts, "allowed-hosts", nil, "host names, beside localhost, under which the browser may come")
	variable(flags, "allowed-hosts", "CORBEL_ALLOWED_HOSTS")
	flags.StringSliceVar(&s.scopes, "user-scopes", nil, "scopes of the user's token that the app gets (default: those of the bundle)")
	flags.StringVar(&s.appName, "app-name", "corbel", "the app's name in the workspace")
	flags.DurationVar(&s.appStartTimeout, "app-start-timeout", 30*time.Second, "how long the app may take to answer /healthz")
	flags.DurationVar(&s.appStopTimeout, "app-stop-timeout", 15*time.Second, "how long the app may take to end after SIGTERM")
}

// resolve fills in what the environment sets and no flag does, and checks it.
func (s *settings) resolve(flags *pflag.FlagSet, environ []string) error {
	env := map[string]string{}
	for _, pair := range environ {
		name, value, _ := strings.Cut(pair, "=")
		env[name] = value
	}
	var err error
	flags.VisitAll(func(f *pflag.Flag) {
		names := f.Annotations[variableKey]
		if err != nil || f.Changed || len(names) == 0 || env[names[0]] == "" {
			return
		}
		if setErr := f.Value.Set(env[names[0]]); setErr != nil {
			err = fmt.Errorf("%s=%q is not a valid %s: %s", names[0], env[names[0]], f.Name, wanted(f.Value.Type(), setErr))
		}
	})
	if err == nil && flags.Lookup("log-format") != nil && s.logFormat != "json" && s.logFormat != "text" {
		err = fmt.Errorf("log format %q: must be json or text (LOG_FORMAT, --log-format)", s.logFormat)
	}
	if err == nil && flags.Lookup("database-token-life") != nil && s.tokenLife <= 0 {
		err = fmt.Errorf("database token life %v: must be positive (CORBEL_DATABASE_TOKEN_LIFE, --database-token-life)", s.tokenLife)
	}
	if err == nil && flags.Lookup("tokens-per-second") != nil && !(s.tokensPerSecond >= 0 && s.tokensPerSecond <= maxTokensPerSecond) {
		err = fmt.Errorf("tokens per second %v: must be from 0 to %d (CORBEL_TOKENS_PER_SECOND, --tokens-per-second)", s.tokensPerSecond, maxTokensPerSecond)
	}
	return err
}

// wanted says what a flag of a type takes. err is what the flag itself has to say.
func wanted(flagType string, err error) string {
	switch flagType {
	case "uint16":
		return "want a number from 0 to 65535"
	case "float64":
		return "want a number"
	case "duration":
		return "want a duration such as 1.5s or 2m"
	case "bool":
		return "want true or false"
	default:
		return err.Error()
	}
}
