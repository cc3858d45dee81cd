package ical

import (
	"strings"
	"testing"
	"time"
)

var judged = time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)

func heldNow() Held {
	return Held{UID: "moten-1@vingaker.example", Attendee: "elin@skola.example", Sequence: 1, Asked: 1, Answered: -1}
}

// reply is what Outlook, Google, Apple and Thunderbird agree on; change replaces lines of it.
func reply(t *testing.T, change ...string) *Message {
	t.Helper()
	text := strings.Join([]string{
		"BEGIN:VCALENDAR", "PRODID:-//Prov//SV", "VERSION:2.0", "METHOD:REPLY", "BEGIN:VEVENT", "UID:moten-1@vingaker.example", "SEQUENCE:1",
		"DTSTAMP:20261124T080000Z", "ORGANIZER:mailto:moten+abc@vingaker.example", "ATTENDEE;PARTSTAT=ACCEPTED:mailto:elin@skola.example",
		"END:VEVENT", "END:VCALENDAR", "",
	}, "\r\n")
	for i := 0; i < len(change); i += 2 {
		if !strings.Contains(text, change[i]) {
			t.Fatalf("nothing to change: %q", change[i])
		}
		text = strings.ReplaceAll(text, change[i], change[i+1])
	}
	m, err := ReadMessage([]byte(text), time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestJudge(t *testing.T) {
	const who = "ATTENDEE;PARTSTAT=ACCEPTED:mailto:elin@skola.example"
	taken := func(sequence int64, stamp, partStat string) func(*Held) {
		at, err := time.Parse(time.RFC3339, stamp)
		if err != nil {
			t.Fatal(err)
		}
		return func(h *Held) {
			h.Taken, h.Answered = []Taken{{sequence, at, judged, partStat}}, sequence
		}
	}
	group := func(h *Held) { h.Attendee, h.Group = "ifo@skola.example", true }
	for _, row := range []struct {
		name   string
		change []string
		hold   func(*Held)
		act    Act
		reason Reason
		says   string // PARTSTAT
	}{
		{"case 9: accepted", nil, nil, Answer, "", "ACCEPTED"},
		{"case 9: declined", []string{"=ACCEPTED", "=DECLINED"}, nil, Answer, "", "DECLINED"},
		{"case 9: tentative", []string{"=ACCEPTED", "=TENTATIVE"}, nil, Answer, "", "TENTATIVE"},
		{"case 9: a change of mind", []string{"=ACCEPTED", "=DECLINED"}, taken(1, "2026-11-24T07:00:00Z", "ACCEPTED"), Answer, "", "DECLINED"},
		{"case 11: an occurrence of a meeting that has none", []string{"SEQUENCE:1", "RECURRENCE-ID:20270121T120000Z"}, nil, Park, OneOfASeries, ""},
		{"case 11: an occurrence in an unknown zone", []string{"SEQUENCE:1", "RECURRENCE-ID;TZID=Nowhere:20270121T120000"}, nil, Park, OneOfASeries, ""},
		{"case 15: another meeting's UID to this token", []string{"UID:moten-1", "UID:moten-2"}, nil, Park, OtherUID, ""},
		{"case 16: not processed, 3.x", []string{"SEQUENCE:1", "SEQUENCE:1\r\nREQUEST-STATUS:3.7;Invalid calendar user"}, nil, Park, NotProcessed, "ACCEPTED"},
		{"case 16: not processed, 5.x", []string{"SEQUENCE:1", "SEQUENCE:1\r\nREQUEST-STATUS:5.1;Service unavailable"}, nil, Park, NotProcessed, "ACCEPTED"},
		{"case 16: processed, 2.0", []string{"SEQUENCE:1", "SEQUENCE:1\r\nREQUEST-STATUS:2.0;Success"}, nil, Answer, "", "ACCEPTED"},
		{"case 17: the same again", nil, taken(1, "2026-11-24T08:00:00Z", "ACCEPTED"), Ignore, Replayed, "ACCEPTED"},
		{"case 17: another answer under the same stamp", []string{"=ACCEPTED", "=DECLINED"}, taken(1, "2026-11-24T08:00:00Z", "ACCEPTED"), Answer, "", "DECLINED"},
		{"case 18: the older one arrives last", nil, taken(1, "2026-11-24T08:00:01Z", "DECLINED"), Ignore, Outdated, "ACCEPTED"},
		{"case 18: an older version after a newer", []string{"SEQUENCE:1", "SEQUENCE:0"}, taken(1, "2026-11-24T07:00:00Z", "DECLINED"), Ignore, Outdated, "ACCEPTED"},
		{"case 18: an older version after an answer by link", []string{"SEQUENCE:1", "SEQUENCE:0"}, func(h *Held) { h.Answered = 1 }, Ignore, Outdated, "ACCEPTED"},
		{"an answer to the former time", []string{"SEQUENCE:1", "SEQUENCE:0"}, nil, Earlier, "", "ACCEPTED"},
		{"an answer after an update that asked nobody", []string{"SEQUENCE:1", "SEQUENCE:0"}, func(h *Held) { h.Asked = 0 }, Answer, "", "ACCEPTED"},
		{"no SEQUENCE is 0", []string{"SEQUENCE:1\r\n", ""}, func(h *Held) { h.Asked, h.Sequence = 0, 0 }, Answer, "", "ACCEPTED"},
		{"a version that we never sent", []string{"SEQUENCE:1", "SEQUENCE:7"}, nil, Park, AheadOfUs, "ACCEPTED"},
		{"a stamp of tomorrow evening", []string{"20261124T080000Z", "20261125T220000Z"}, nil, Park, FromTheFuture, "ACCEPTED"},
		{"a clock that goes fast", []string{"20261124T080000Z", "20261124T093000Z"}, nil, Answer, "", "ACCEPTED"},
		{"after a clock that goes fast", []string{"20261124T080000Z", "20261124T085900Z"}, func(h *Held) {
			at := judged.Add(-5 * time.Minute)
			h.Taken = []Taken{{1, judged.Add(time.Hour), at, "DECLINED"}}
		}, Answer, "", "ACCEPTED"},
		{"an old one replayed from a clock that goes fast", []string{"20261124T080000Z", "20261124T093000Z"}, func(h *Held) {
			h.Taken = []Taken{{1, judged.Add(-time.Minute), judged, "DECLINED"}, {1, judged.Add(30 * time.Minute), judged.Add(-time.Hour), "ACCEPTED"}}
		}, Ignore, Replayed, "ACCEPTED"},
		{"no stamp", []string{"DTSTAMP:20261124T080000Z\r\n", ""}, nil, Answer, "", "ACCEPTED"},
		{"no organizer, as from Outlook", []string{"ORGANIZER:mailto:moten+abc@vingaker.example\r\n", ""}, nil, Answer, "", "ACCEPTED"},
		{"MAILTO in capitals", []string{"mailto:elin@skola.example", "MAILTO:Elin@Skola.Example"}, nil, Answer, "", "ACCEPTED"},
		{"two attendees: the one who was asked", []string{who, "ATTENDEE;PARTSTAT=DECLINED:mailto:bo@skola.example\r\n" + who}, nil, Answer, "", "ACCEPTED"},
		{"a party crasher", []string{"mailto:elin@", "mailto:bo@"}, nil, Park, PartyCrasher, "ACCEPTED"},
		{"nobody", []string{who + "\r\n", ""}, nil, Park, PartyCrasher, ""},
		{"nothing said", []string{";PARTSTAT=ACCEPTED", ""}, nil, Ignore, NoAnswer, "NEEDS-ACTION"},
		{"an answer that nobody knows", []string{"=ACCEPTED", "=X-MAYBE"}, nil, Park, NotUnderstood, "X-MAYBE"},
		{"delegated", []string{"PARTSTAT=ACCEPTED", `PARTSTAT=DELEGATED;DELEGATED-TO="mailto:petra@skola.example"`}, nil, Answer, "", "DELEGATED"},
		{"delegated to nobody", []string{"PARTSTAT=ACCEPTED", "PARTSTAT=DELEGATED"}, nil, Park, NotUnderstood, "DELEGATED"},
		{"a substitute answers", []string{who, `ATTENDEE;PARTSTAT=ACCEPTED;DELEGATED-FROM="mailto:elin@skola.example":mailto:petra@skola.example`}, nil, Park, FromSubstitute, "ACCEPTED"},
		{"a substitute cannot", []string{who, `ATTENDEE;PARTSTAT=DECLINED;DELEGATED-FROM="mailto:elin@skola.example":mailto:petra@skola.example`}, nil, Park, FromSubstitute, "DECLINED"},
		{"a colleague answers for the mailbox", nil, group, Answer, "", "ACCEPTED"},
		{"a stranger answers for the mailbox", []string{"elin@skola.example", "elin@annan.example"}, group, Park, PartyCrasher, "ACCEPTED"},
		{"case 19: a proposal", []string{"METHOD:REPLY", "METHOD:COUNTER"}, nil, Propose, "", ""},
		{"case 19: a stranger's proposal", []string{"METHOD:REPLY", "METHOD:COUNTER", "mailto:elin@", "mailto:bo@"}, nil, Park, PartyCrasher, ""},
		{"case 20: asked to send again", []string{"METHOD:REPLY", "METHOD:REFRESH"}, nil, Resend, "", ""},
		{"case 20: a stranger asks", []string{"METHOD:REPLY", "METHOD:REFRESH", "mailto:elin@", "mailto:bo@"}, nil, Ignore, PartyCrasher, ""},
		{"our own invitation", []string{"METHOD:REPLY", "METHOD:REQUEST"}, nil, Ignore, OurOwn, ""},
		{"a forged cancellation of ours", []string{"METHOD:REPLY", "METHOD:CANCEL"}, nil, Ignore, OurOwn, ""},
		{"a method that nobody sends", []string{"METHOD:REPLY", "METHOD:ADD"}, nil, Park, NotUnderstood, ""},
		{"two meetings in one", []string{"END:VCALENDAR", "BEGIN:VEVENT\r\nUID:annat\r\nEND:VEVENT\r\nEND:VCALENDAR"}, nil, Park, SeveralMeetings, ""},
		{"sent by an assistant", []string{"PARTSTAT=ACCEPTED", `PARTSTAT=ACCEPTED;SENT-BY="mailto:bo@skola.example"`}, nil, Answer, "", "ACCEPTED"},
	} {
		t.Run(row.name, func(t *testing.T) {
			h := heldNow()
			if row.hold != nil {
				row.hold(&h)
			}
			v := Judge(reply(t, row.change...), h, judged)
			if v.Act != row.act || v.Reason != row.reason || v.PartStat != row.says {
				t.Errorf("%s %q %q, want %s %q %q", v.Act, v.Reason, v.PartStat, row.act, row.reason, row.says)
			}
		})
	}
}

func TestJudge_tells_what_was_said(t *testing.T) {
	t.Run("case 10: a comment, decoded", func(t *testing.T) {
		v := Judge(reply(t, "SEQUENCE:1", `SEQUENCE:1`+"\r\n"+`COMMENT:Kan ej\, åker\nhem`), heldNow(), judged)
		if v.Comment != "Kan ej, åker\nhem" {
			t.Errorf("%q", v.Comment)
		}
	})
	t.Run("Google's comment stands in the attendee's line", func(t *testing.T) {
		v := Judge(reply(t, "PARTSTAT=ACCEPTED", `X-NUM-GUESTS=0;PARTSTAT=ACCEPTED;X-RESPONSE-COMMENT="Kommer: senare, kl. 10"`), heldNow(), judged)
		if v.Comment != "Kommer: senare, kl. 10" {
			t.Errorf("%q", v.Comment)
		}
	})
	t.Run("who comes instead", func(t *testing.T) {
		v := Judge(reply(t, "PARTSTAT=ACCEPTED", `PARTSTAT=DELEGATED;DELEGATED-TO="mailto:Petra@Skola.example"`), heldNow(), judged)
		if v.Substitute != "petra@skola.example" || v.By != "elin@skola.example" {
			t.Errorf("%+v", v)
		}
	})
	t.Run("case 19: the time that is proposed", func(t *testing.T) {
		v := Judge(reply(t, "METHOD:REPLY", "METHOD:COUNTER", "SEQUENCE:1", "SEQUENCE:1\r\nDTSTART;TZID=W. Europe Standard Time:20270122T130000\r\nDTEND;TZID=W. Europe Standard Time:20270122T140000"), heldNow(), judged)
		if v.Entry.Start == nil || !v.Entry.Start.Time.Equal(time.Date(2027, 1, 22, 12, 0, 0, 0, time.UTC)) || !v.Entry.End.Time.Equal(time.Date(2027, 1, 22, 13, 0, 0, 0, time.UTC)) {
			t.Errorf("%+v", v.Entry.Start)
		}
	})
}
