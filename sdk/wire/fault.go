package wire

import (
	"time"

	"corbel.example/sdk/fault"
	pluginv1 "corbel.example/sdk/proto/corbel/plugin/v1"
)

func faultToProto(f *fault.Error) *pluginv1.Fault {
	p := &pluginv1.Fault{
		Kind: f.Kind.String(), Code: f.Code, Message: f.Message, Detail: f.Error(), Origin: f.Origin,
		Retryable: f.Retryable, RetryAfterNanos: int64(f.RetryAfter),
	}
	for _, field := range f.Fields {
		p.Fields = append(p.Fields, &pluginv1.FieldViolation{Path: field.Path, Message: field.Message})
	}
	return p
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
