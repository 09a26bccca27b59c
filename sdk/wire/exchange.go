package wire

import (
	"time"

	"corbel.example/sdk/identity"
	pluginv1 "corbel.example/sdk/proto/corbel/plugin/v1"
	"corbel.example/sdk/secret"
)

// Exchange is what an HTTP exchange carries across the border beside HTTP itself.
type Exchange struct {
	// RequestID names the request in every log.
	RequestID string
	// Traceparent is the W3C trace context, or "".
	Traceparent string
	// Timeout for the whole exchange, 0 for none.
	Timeout time.Duration
	// Identity is the caller.
	Identity identity.Identity
	// PassAccessToken lets the caller's access token cross: the plugin's manifest asks for it. Without it the token stays
	// on the host's side, for the calls that the plugin makes in this exchange's name.
	PassAccessToken bool
	// MountPath is where the plugin is mounted, "" at the root.
	MountPath string
	// Locale is a BCP 47 tag, or "".
	Locale string
	// Scheme is "http" or "https", as the client sees it.
	Scheme string
	// Depth counts the calls between plugins that led here. It stays on the host's side.
	Depth int
	// Streaming says that the response is open-ended. It stays on the host's side.
	Streaming bool
	// MaxBodyBytes is the largest request body, 0 for no limit.
	MaxBodyBytes int64
}

// fill writes the exchange into a request.
func (x *Exchange) fill(p *pluginv1.Request) {
	p.RequestId, p.Traceparent, p.TimeoutNanos = x.RequestID, x.Traceparent, int64(x.Timeout)
	p.MountPath, p.Locale, p.Scheme, p.MaxBodyBytes = x.MountPath, x.Locale, x.Scheme, x.MaxBodyBytes
	if x.PassAccessToken {
		p.AccessToken = x.Identity.AccessToken.Reveal()
	}
	if user := x.Identity.User; !user.IsZero() {
		if p.User == nil {
			p.User = new(pluginv1.User)
		}
		p.User.Id, p.User.Email, p.User.Name = user.ID, user.Email, user.Name
	}
}

// exchangeFromProto reads what fill wrote.
func exchangeFromProto(p *pluginv1.Request) Exchange {
	x := Exchange{
		RequestID: p.GetRequestId(), Traceparent: p.GetTraceparent(), Timeout: max(0, time.Duration(p.GetTimeoutNanos())),
		MountPath: p.GetMountPath(), Locale: p.GetLocale(), Scheme: p.GetScheme(), MaxBodyBytes: max(0, p.GetMaxBodyBytes()),
	}
	if u := p.GetUser(); u != nil {
		x.Identity.User = identity.User{ID: u.GetId(), Email: u.GetEmail(), Name: u.GetName()}
	}
	x.Identity.AccessToken = secret.New(p.GetAccessToken())
	return x
}
