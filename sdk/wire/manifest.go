package wire

import (
	"encoding/json"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	"corbel.example/sdk/plugin"
	pluginv1 "corbel.example/sdk/proto/corbel/plugin/v1"
)

// convert maps a list through one conversion.
func convert[From, To any](list []From, one func(From) To) []To {
	if len(list) == 0 {
		return nil
	}
	out := make([]To, len(list))
	for i, item := range list {
		out[i] = one(item)
	}
	return out
}

func durationToProto(d time.Duration) *durationpb.Duration {
	if d == 0 {
		return nil
	}
	return durationpb.New(d)
}

func manifestToProto(m plugin.Manifest) *pluginv1.Manifest {
	return &pluginv1.Manifest{
		Name: m.Name, Version: m.Version, Summary: m.Summary,
		ContractMinor: m.ContractMinor, Capabilities: m.Capabilities,
		Routes: convert(m.Routes, func(r plugin.Route) *pluginv1.Route {
			return &pluginv1.Route{
				Method: r.Method, Pattern: r.Pattern, Auth: authToProto(r.Auth),
				Timeout: durationToProto(r.Timeout), MaxBodyBytes: r.MaxBodyBytes, Streaming: r.Streaming,
			}
		}),
		Pages: convert(m.Pages, func(p plugin.Page) *pluginv1.Page {
			return &pluginv1.Page{
				Path: p.Path, Title: p.Title, Layout: p.Layout,
				Slots: convert(p.Slots, func(s plugin.Slot) *pluginv1.Slot {
					return &pluginv1.Slot{Name: s.Name, Fragment: s.Fragment}
				}),
			}
		}),
		Nav: convert(m.Nav, func(n plugin.NavItem) *pluginv1.NavItem {
			return &pluginv1.NavItem{Title: n.Title, Path: n.Path, Group: n.Group, Order: int32(n.Order)} //nolint:gosec // an order is small
		}),
		Fragments: convert(m.Fragments, func(f plugin.Fragment) *pluginv1.Fragment {
			return &pluginv1.Fragment{
				Id: f.ID, Slot: f.Slot, Path: f.Path, Timeout: durationToProto(f.Timeout), Required: f.Required, Primary: f.Primary,
				CacheTtl: durationToProto(f.CacheTTL), Fallback: f.Fallback, Assets: f.Assets,
				Order: int32(f.Order), Lines: int32(f.Lines), //nolint:gosec // both are small
			}
		}),
		Assets: convert(m.Assets, func(a plugin.Asset) *pluginv1.Asset {
			return &pluginv1.Asset{Name: a.Name, ContentType: a.ContentType, Integrity: a.Integrity, Path: a.Path}
		}),
		ConfigSchema: string(m.ConfigSchema),
		Resources: convert(m.Resources, func(r plugin.Resource) *pluginv1.Resource {
			return &pluginv1.Resource{Kind: r.Kind, Key: r.Key, Permission: r.Permission, Env: r.Env, Description: r.Description}
		}),
		UserScopes: m.UserScopes, NeedsAccessToken: m.NeedsAccessToken, Environment: m.Environment,
		Calls: convert(m.Calls, func(c plugin.CallTarget) *pluginv1.CallTarget {
			return &pluginv1.CallTarget{Plugin: c.Plugin, Method: c.Method, Pattern: c.Pattern}
		}),
		Commands: convert(m.Commands, func(c plugin.Command) *pluginv1.Command {
			return &pluginv1.Command{Name: c.Name, Summary: c.Summary, FlagsSchema: string(c.FlagsSchema), Method: c.Method, Route: c.Route}
		}),
	}
}

func manifestFromProto(p *pluginv1.Manifest) plugin.Manifest {
	return plugin.Manifest{
		Name: p.GetName(), Version: p.GetVersion(), Summary: p.GetSummary(),
		ContractMinor: p.GetContractMinor(), Capabilities: p.GetCapabilities(),
		Routes: convert(p.GetRoutes(), func(r *pluginv1.Route) plugin.Route {
			return plugin.Route{
				Method: r.GetMethod(), Pattern: r.GetPattern(), Auth: authFromProto(r.GetAuth()),
				Timeout: r.GetTimeout().AsDuration(), MaxBodyBytes: r.GetMaxBodyBytes(), Streaming: r.GetStreaming(),
			}
		}),
		Pages: convert(p.GetPages(), func(p *pluginv1.Page) plugin.Page {
			return plugin.Page{
				Path: p.GetPath(), Title: p.GetTitle(), Layout: p.GetLayout(),
				Slots: convert(p.GetSlots(), func(s *pluginv1.Slot) plugin.Slot {
					return plugin.Slot{Name: s.GetName(), Fragment: s.GetFragment()}
				}),
			}
		}),
		Nav: convert(p.GetNav(), func(n *pluginv1.NavItem) plugin.NavItem {
			return plugin.NavItem{Title: n.GetTitle(), Path: n.GetPath(), Group: n.GetGroup(), Order: int(n.GetOrder())}
		}),
		Fragments: convert(p.GetFragments(), func(f *pluginv1.Fragment) plugin.Fragment {
			return plugin.Fragment{
				ID: f.GetId(), Slot: f.GetSlot(), Path: f.GetPath(), Timeout: f.GetTimeout().AsDuration(),
				Required: f.GetRequired(), Primary: f.GetPrimary(), CacheTTL: f.GetCacheTtl().AsDuration(),
				Fallback: f.GetFallback(), Assets: f.GetAssets(), Order: int(f.GetOrder()), Lines: int(f.GetLines()),
			}
		}),
		Assets: convert(p.GetAssets(), func(a *pluginv1.Asset) plugin.Asset {
			return plugin.Asset{Name: a.GetName(), ContentType: a.GetContentType(), Integrity: a.GetIntegrity(), Path: a.GetPath()}
		}),
		ConfigSchema: rawJSON(p.GetConfigSchema()),
		Resources: convert(p.GetResources(), func(r *pluginv1.Resource) plugin.Resource {
			return plugin.Resource{Kind: r.GetKind(), Key: r.GetKey(), Permission: r.GetPermission(), Env: r.GetEnv(), Description: r.GetDescription()}
		}),
		UserScopes: p.GetUserScopes(), NeedsAccessToken: p.GetNeedsAccessToken(), Environment: p.GetEnvironment(),
		Calls: convert(p.GetCalls(), func(c *pluginv1.CallTarget) plugin.CallTarget {
			return plugin.CallTarget{Plugin: c.GetPlugin(), Method: c.GetMethod(), Pattern: c.GetPattern()}
		}),
		Commands: convert(p.GetCommands(), func(c *pluginv1.Command) plugin.Command {
			return plugin.Command{
				Name: c.GetName(), Summary: c.GetSummary(), FlagsSchema: rawJSON(c.GetFlagsSchema()),
				Method: c.GetMethod(), Route: c.GetRoute(),
			}
		}),
	}
}

func rawJSON(text string) json.RawMessage {
	if text == "" {
		return nil
	}
	return json.RawMessage(text)
}

func authToProto(a plugin.Auth) pluginv1.Auth {
	if a == plugin.Anyone {
		return pluginv1.Auth_AUTH_NONE
	}
	return pluginv1.Auth_AUTH_USER
}

func authFromProto(a pluginv1.Auth) plugin.Auth {
	if a == pluginv1.Auth_AUTH_NONE {
		return plugin.Anyone
	}
	return plugin.SignedIn
}
