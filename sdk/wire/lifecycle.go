package wire

import (
	"corbel.example/sdk/plugin"
	pluginv1 "corbel.example/sdk/proto/corbel/plugin/v1"
)

func diagnosticsToProto(ds plugin.Diagnostics) []*pluginv1.Diagnostic {
	return convert(ds, func(d plugin.Diagnostic) *pluginv1.Diagnostic {
		severity := pluginv1.Severity_SEVERITY_WARNING
		if d.Severity == plugin.Error {
			severity = pluginv1.Severity_SEVERITY_ERROR
		}
		return &pluginv1.Diagnostic{Severity: severity, Summary: d.Summary, Detail: d.Detail, Path: d.Path}
	})
}

func diagnosticsFromProto(ps []*pluginv1.Diagnostic) plugin.Diagnostics {
	return convert(ps, func(p *pluginv1.Diagnostic) plugin.Diagnostic {
		// An unknown severity is an error: better refused than half configured.
		severity := plugin.Error
		if p.GetSeverity() == pluginv1.Severity_SEVERITY_WARNING {
			severity = plugin.Warning
		}
		return plugin.Diagnostic{Severity: severity, Summary: p.GetSummary(), Detail: p.GetDetail(), Path: p.GetPath()}
	})
}

func healthToProto(h plugin.Health) *pluginv1.CheckResponse {
	return &pluginv1.CheckResponse{
		Status: statusToProto(h.Status), Message: h.Message,
		Resources: convert(h.Resources, func(r plugin.ResourceHealth) *pluginv1.ResourceHealth {
			return &pluginv1.ResourceHealth{
				Name: r.Name, Status: statusToProto(r.Status), Message: r.Message, Latency: durationToProto(r.Latency),
			}
		}),
	}
}

func healthFromProto(p *pluginv1.CheckResponse) plugin.Health {
	return plugin.Health{
		Status: statusFromProto(p.GetStatus()), Message: p.GetMessage(),
		Resources: convert(p.GetResources(), func(r *pluginv1.ResourceHealth) plugin.ResourceHealth {
			return plugin.ResourceHealth{
				Name: r.GetName(), Status: statusFromProto(r.GetStatus()), Message: r.GetMessage(), Latency: r.GetLatency().AsDuration(),
			}
		}),
	}
}

func statusToProto(s plugin.Status) pluginv1.HealthStatus {
	switch s {
	case plugin.Serving:
		return pluginv1.HealthStatus_HEALTH_STATUS_SERVING
	case plugin.Degraded:
		return pluginv1.HealthStatus_HEALTH_STATUS_DEGRADED
	default:
		return pluginv1.HealthStatus_HEALTH_STATUS_NOT_SERVING
	}
}

func statusFromProto(s pluginv1.HealthStatus) plugin.Status {
	switch s {
	case pluginv1.HealthStatus_HEALTH_STATUS_SERVING:
		return plugin.Serving
	case pluginv1.HealthStatus_HEALTH_STATUS_DEGRADED:
		return plugin.Degraded
	default:
		return plugin.NotServing
	}
}
