package wire

import (
	"strings"
	"time"

	"corbel.example/sdk/fault"
	pluginv1 "corbel.example/sdk/proto/corbel/plugin/v1"
)

const (
	// maxFaultText is the longest text in a fault that crosses, in bytes: an error may quote a whole statement.
	maxFaultText = 4 << 10
	// maxFaultFields is how many of a fault's fields cross. With texts of full length a fault still fits into a frame.
	maxFaultFields = 16
)

func faultToProto(f *fault.Error) *pluginv1.Fault {
	p := &pluginv1.Fault{
		Kind: f.Kind.String(), Code: clip(f.Code), Message: clip(f.Message), Detail: clip(f.Error()), Origin: clip(f.Origin),
		Retryable: f.Retryable, RetryAfterNanos: int64(f.RetryAfter),
	}
	for _, field := range f.Fields[:min(len(f.Fields), maxFaultFields)] {
		p.Fields = append(p.Fields, &pluginv1.FieldViolation{Path: clip(field.Path), Message: clip(field.Message)})
	}
	return p
}

// clip shortens a text to maxFaultText and says so.
func clip(text string) string {
	if len(text) <= maxFaultText {
		return text
	}
	const ellipsis = "…"
	return strings.ToValidUTF8(text[:maxFaultText-len(ellipsis)], "") + ellipsis
}

// remoteError is the operator's text of a fault from the other side. It has no chain: the fault holds what is typed.
type remoteError string

func (e remoteError) Error() string { return string(e) }

func faultFromProto(p *pluginv1.Fault) *fault.Error {
	f := &fault.Error{
		Kind: fault.ParseKind(p.GetKind()), Code: p.GetCode(), Message: p.GetMessage(), Origin: p.GetOrigin(),
		Retryable: p.GetRetryable(), RetryAfter: max(0, time.Duration(p.GetRetryAfterNanos())),
	}
	if detail := p.GetDetail(); detail != "" && detail != f.UserMessage() {
		f.Err = remoteError(detail)
	}
	for _, field := range p.GetFields() {
		f.Fields = append(f.Fields, fault.Field{Path: field.GetPath(), Message: field.GetMessage()})
	}
	return f
}
