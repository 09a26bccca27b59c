package serving

import (
	"fmt"
	"strings"
	"testing"

	"corbel.example/emulator/internal/model"
)

// chatWith sends a message with more fields. The answer is whole, or all chunks of the stream.
func chatWith(t *testing.T, more string) []completion {
	t.Helper()
	m, ready := endpoint(t, "corbel-chat").Ready()
	if !ready {
		t.Fatal("not ready")
	}
	answer, err := m.Invoke([]byte(`{"messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": [{"type": "text", "text": "What about schools?"}]}]` + more + `}`))
	if err != nil {
		t.Fatal(err)
	}
	if answer.Events == nil {
		return []completion{answer.Value.(completion)}
	}
	var chunks []completion
	for chunk := range answer.Events {
		chunks = append(chunks, chunk.(completion))
	}
	return chunks
}

// said is the text of the chunks.
func said(chunks []completion) string {
	var text strings.Builder
	for _, c := range chunks {
		text.WriteString(c.Choices[0].Delta.Content)
	}
	return text.String()
}

func TestAStreamSaysWhatAWholeAnswerSays(t *testing.T) {
	t.Parallel()
	for seed := range 10 {
		more := fmt.Sprintf(`, "seed": %d, "temperature": 0.8`, seed)
		whole := chatWith(t, more)[0]
		chunks := chatWith(t, more+`, "stream": true`)
		if got, want := said(chunks), whole.Choices[0].Message.Content; got != want || len(strings.Fields(want)) < defaultMinTokens/2 {
			t.Fatalf("stream %q, whole %q", got, want)
		}
		first, last := chunks[0], chunks[len(chunks)-1]
		if first.Choices[0].Delta.Role != roleAssistant || first.Object != "chat.completion.chunk" || first.Choices[0].FinishReason != nil {
			t.Errorf("first chunk %+v", first)
		}
		if *last.Choices[0].FinishReason != *whole.Choices[0].FinishReason || *last.Usage != *whole.Usage {
			t.Errorf("last chunk %+v, whole %+v", last, whole)
		}
		if whole.Usage.PromptTokens != 7 || whole.Usage.CompletionTokens != len(chunks)-1 || whole.Usage.TotalTokens != 7+len(chunks)-1 {
			t.Errorf("usage %+v of %d chunks", whole.Usage, len(chunks))
		}
	}
}

func TestAnAnswerIsAsLongAsItIsAskedToBe(t *testing.T) {
	t.Parallel()
	for more, want := range map[string]struct {
		least, most int
		finish      string
	}{
		`, "max_tokens": 1`:                       {1, 1, "length"},
		`, "max_tokens": 10`:                      {10, 10, "length"},
		`, "min_tokens": 400, "max_tokens": 400`:  {400, 400, "length"},
		`, "min_tokens": 400, "max_tokens": 5000`: {400, 4999, "stop"},
	} {
		whole := chatWith(t, more+`, "seed": 5`)[0]
		if n := whole.Usage.CompletionTokens; n < want.least || n > want.most || *whole.Choices[0].FinishReason != want.finish {
			t.Errorf("%s: %d tokens, finished by %s", more, n, *whole.Choices[0].FinishReason)
		}
	}
}

func TestAnAnswerEndsBeforeAStop(t *testing.T) {
	t.Parallel()
	text := chatWith(t, `, "seed": 5`)[0].Choices[0].Message.Content
	for at := 1; at < len(text)-6; at += 7 {
		stop := text[at : at+6] // wherever tokens end
		if strings.ContainsAny(stop, "\"\n") || strings.ToValidUTF8(stop, "") != stop {
			continue
		}
		want, _, _ := strings.Cut(text, stop)
		chunks := chatWith(t, fmt.Sprintf(`, "seed": 5, "stream": true, "stop": ["no such text", %q]`, stop))
		if got := said(chunks); got != want || *chunks[len(chunks)-1].Choices[0].FinishReason != "stop" {
			t.Errorf("stop at %q: %q, want %q", stop, got, want)
		}
	}
}

func TestAStreamIsMadeAsItIsRead(t *testing.T) {
	t.Parallel()
	m, _ := endpoint(t, "corbel-chat").Ready()
	r := &reply{text: m.(*chat).generator.Begin("x", model.TextOptions{Temperature: 1, MinTokens: 100}), maxTokens: 100}
	read := 0
	for range r.events(completion{}) {
		if read++; read == 3 {
			break
		}
	}
	if r.tokens != 3 {
		t.Errorf("%d tokens were made for 3 that were read", r.tokens)
	}
}
