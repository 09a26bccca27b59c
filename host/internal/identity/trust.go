package identity

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"sync"
)

// trust says which peers may send X-Forwarded-*.
type trust struct {
	everyone bool
	loopback bool
	prefixes []netip.Prefix
}

// ErrNoProxies says that the host would listen where anybody could reach it and claim to be anybody.
var ErrNoProxies = errors.New("set server.trusted_proxies to the addresses of the proxy that authenticates users, or server.host to 127.0.0.1")

// newTrust returns who is believed by a host that listens on the given address.
func newTrust(p Params) (trust, error) {
	t := trust{prefixes: p.TrustedProxies}
	ip, err := netip.ParseAddr(p.Host)
	switch {
	case p.Host == "localhost" || err == nil && ip.IsLoopback():
		t.loopback = true
	case len(p.TrustedProxies) > 0:
	case p.InDatabricksApp:
		t.everyone = true
	default:
		return trust{}, fmt.Errorf("listen on %s outside Databricks Apps: nobody says who may send identity headers: %w", p.Host, ErrNoProxies)
	}
	return t, nil
}

// believes says whether the peer at a remote address may send X-Forwarded-*.
func (t trust) believes(remoteAddr string) bool {
	if t.everyone {
		return true
	}
	peer, err := netip.ParseAddrPort(remoteAddr)
	if err != nil {
		return false
	}
	ip := peer.Addr().Unmap().WithZone("")
	if t.loopback && ip.IsLoopback() {
		return true
	}
	for _, p := range t.prefixes {
		if p.Contains(ip) {
			return true
		}
	}
	return false
}

// maxDistrusted bounds how many peers are remembered, and so how many lines an attacker can cause.
const maxDistrusted = 256

// distrusted reports peers whose headers are ignored, each once.
type distrusted struct {
	logger *slog.Logger
	mu     sync.Mutex
	peers  map[netip.Addr]struct{}
}

func (d *distrusted) report(ctx context.Context, remoteAddr string) {
	peer, err := netip.ParseAddrPort(remoteAddr)
	if err != nil {
		return
	}
	ip := peer.Addr().Unmap()
	d.mu.Lock()
	_, known := d.peers[ip]
	known = known || len(d.peers) >= maxDistrusted
	if !known {
		d.peers[ip] = struct{}{}
	}
	d.mu.Unlock()
	if !known {
		d.logger.WarnContext(ctx, "identity headers ignored: the peer is not a trusted proxy", slog.String("peer", ip.String()))
	}
}
