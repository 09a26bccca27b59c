package main

import (
	"errors"
	"net"
	"net/url"
	"strconv"

	"corbel.example/emulator/internal/certificate"
	"corbel.example/emulator/internal/lakebase"
	"corbel.example/emulator/internal/postgres"
)

// What --postgres can be beside a folder and [postgres.Fetch].
const (
	postgresAuto = "auto"
	postgresOff  = "off"
)

// prepareLakebase opens Lakebase's port and says how to run it; nil: not at all.
func (r *runner) prepareLakebase(s *settings, last running) (*lakebase.Config, error) {
	programs := s.postgres
	switch programs {
	case postgresOff:
		return nil, nil
	case postgresAuto:
		programs = ""
	}
	authority, err := certificate.Open(r.state.dir)
	if err != nil {
		return nil, err
	}
	pair, err := authority.Loopback()
	if err != nil {
		return nil, err
	}
	port := ""
	if last.Lakebase != nil {
		port = strconv.Itoa(last.Lakebase.Port)
	}
	l, err := listenAgain(s.lakebasePort, port, lakebaseVariable)
	if err != nil {
		return nil, err
	}
	return &lakebase.Config{Listener: l, Certificate: pair, Programs: programs, TokenLife: s.tokenLife}, nil
}

// closeListener closes the port of a Lakebase that was not opened.
func closeListener(c *lakebase.Config) error {
	if c == nil {
		return nil
	}
	if err := c.Listener.Close(); !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}

func (r *runner) databaseAddress(c *lakebase.Config) *databaseAddress {
	if c == nil {
		return nil
	}
	address := c.Listener.Addr().(*net.TCPAddr)
	return &databaseAddress{Host: address.IP.String(), Port: address.Port, CAFile: r.state.path(certificate.File)}
}

// variables are what the platform gives an app that has a Lakebase, as NAME=VALUE pairs, for a
// principal.
func (a *databaseAddress) variables(user string) []string {
	if a == nil {
		return nil
	}
	return []string{
		"PGHOST=" + a.Host, "PGPORT=" + strconv.Itoa(a.Port), "PGUSER=" + user, "PGDATABASE=" + postgres.Database,
		"PGSSLMODE=require", "PGSSLROOTCERT=" + a.CAFile, "LAKEBASE_ENDPOINT=" + lakebase.EndpointName,
	}
}

// portOf returns the port in an address, or "".
func portOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Port()
}
