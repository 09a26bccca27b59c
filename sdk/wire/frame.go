package wire

import pluginv1 "corbel.example/sdk/proto/corbel/plugin/v1"

// releaseFrame gives a frame and what it holds back to the pools. Bodies are let go first: they share the frame's read
// buffer, and a pooled message would write its next body into it.
func releaseFrame(f *pluginv1.Frame) {
	if f.Request != nil {
		f.Request.Body = nil
	}
	if f.Response != nil {
		f.Response.Body = nil
	}
	f.ReturnToVTPool()
}

func releaseResponse(r *pluginv1.Response) {
	if r == nil {
		return
	}
	r.Body = nil
	r.ReturnToVTPool()
}
