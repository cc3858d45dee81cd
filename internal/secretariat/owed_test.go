package secretariat

import (
	"testing"
	"time"

	"samverkan/internal/access"
	"samverkan/internal/forum"
	"samverkan/internal/invite"
	"samverkan/internal/lang"
	"samverkan/internal/meeting"
	"samverkan/internal/post"
)

// at is a meeting at an hour, with words.
func at(hour int, sequence int64, title string) *meeting.Meeting {
	start := time.Date(2027, 1, 21, hour, 0, 0, 0, time.UTC)
	return &meeting.Meeting{StartsAt: start, EndsAt: start.Add(time.Hour), Sequence: sequence,
		Forum: forum.Forum{NeutralTitle: title, Level: access.Neutral, OutwardPlace: forum.NoPlace}}
}

func cancelled(m *meeting.Meeting) *meeting.Meeting {
	m.Cancellation = &meeting.Cancellation{}
	return m
}

// holds is the letter that told of m.
func holds(m *meeting.Meeting, method string) *post.Letter {
	return &post.Letter{Method: method, Sequence: m.Sequence, Digest: now(m)}
}

func now(m *meeting.Meeting) string {
	return digest(m, Outwardly(m, "Vingåkers kommun", access.Full, lang.Swedish))
}

func TestOwed(t *testing.T) {
	first, moved, renamed := at(9, 0, "Avstämning"), at(10, 1, "Avstämning"), at(9, 0, "Nätverksmöte")
	thereAndBack, thereAndBackRenamed := at(9, 2, "Avstämning"), at(9, 2, "Nätverksmöte")
	both := at(10, 1, "Nätverksmöte")
	gone := &time.Time{}
	for _, test := range []struct {
		name      string
		withdrawn *time.Time
		m         *meeting.Meeting
		held      *post.Letter
		over      bool
		want      post.Kind
	}{
		{"whoever holds nothing is invited", nil, first, nil, false, post.Invitation},
		{"whoever holds what is true is owed nothing", nil, first, holds(first, "REQUEST"), false, ""},
		{"a new time is a reschedule", nil, moved, holds(first, "REQUEST"), false, post.Reschedule},
		{"new words are an update", nil, renamed, holds(first, "REQUEST"), false, post.Update},
		{"a new time with new words is a reschedule", nil, both, holds(first, "REQUEST"), false, post.Reschedule},
		{"moved and moved back is nothing", nil, thereAndBack, holds(first, "REQUEST"), false, ""},
		{"moved and moved back and renamed is an update", nil, thereAndBackRenamed, holds(first, "REQUEST"), false, post.Update},
		{"a cancelled meeting is cancelled", nil, cancelled(at(9, 1, "Avstämning")), holds(first, "REQUEST"), false, post.Cancellation},
		{"a cancelled meeting that nobody heard of is not", nil, cancelled(at(9, 1, "Avstämning")), nil, false, ""},
		{"a cancellation is told once", nil, cancelled(at(9, 1, "Avstämning")), holds(cancelled(at(9, 1, "Avstämning")), "CANCEL"), false, ""},
		{"a cancellation that was taken back invites again", nil, at(9, 2, "Avstämning"), holds(cancelled(at(9, 1, "Avstämning")), "CANCEL"), false, post.Invitation},
		{"whoever is withdrawn is told", gone, first, holds(first, "REQUEST"), false, post.Withdrawal},
		{"whoever is withdrawn before a letter is not", gone, first, nil, false, ""},
		{"a withdrawal is told once", gone, first, holds(first, "CANCEL"), false, ""},
		{"withdrawn comes before cancelled", gone, cancelled(at(9, 1, "Avstämning")), holds(first, "REQUEST"), false, post.Withdrawal},
		{"what has been needs no letter", nil, moved, holds(first, "REQUEST"), true, ""},
		{"what has been needs no invitation", nil, first, nil, true, ""},
		{"what has been needs no cancellation", nil, cancelled(at(9, 1, "Avstämning")), holds(first, "REQUEST"), true, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := owed(&invite.Invitation{WithdrawnAt: test.withdrawn}, test.m, test.held, now(test.m), test.over); got != test.want {
				t.Errorf("owed %q, want %q", got, test.want)
			}
		})
	}
}

func TestDigest(t *testing.T) {
	m := at(9, 0, "Avstämning")
	t.Run("is the same whatever zone the database gives times in", func(t *testing.T) {
		there := *m
		there.StartsAt, there.EndsAt = m.StartsAt.In(time.FixedZone("x", 3600)), m.EndsAt.In(time.FixedZone("y", 7200))
		if now(m) != now(&there) {
			t.Error("another digest")
		}
	})
	t.Run("tells time from words", func(t *testing.T) {
		if sameTime(now(m), now(at(10, 0, "Avstämning"))) || !sameTime(now(m), now(at(9, 3, "APT"))) {
			t.Error("times are confused")
		}
	})
}

func TestOutwardly(t *testing.T) {
	const room = "Kommunhuset, rum 2"
	for _, test := range []struct {
		forum, asked access.Level
		outward      forum.OutwardPlace
		place        string
		title, where string
	}{
		{access.Neutral, access.Full, forum.NoPlace, room, "Avstämning, Vingåkers kommun", ""},
		{access.Neutral, access.Full, forum.MunicipalityPlace, room, "Avstämning, Vingåkers kommun", "Vingåkers kommun"},
		{access.Neutral, access.Full, forum.FullPlace, room, "Avstämning, Vingåkers kommun", ""},
		{access.Full, access.Neutral, forum.FullPlace, room, "Avstämning, Vingåkers kommun", ""},
		{access.Full, access.Full, forum.FullPlace, room, "Avstämning, Vingåkers kommun", room},
		{access.Full, access.Full, forum.MunicipalityPlace, room, "Avstämning, Vingåkers kommun", "Vingåkers kommun"},
		{access.Full, access.Full, forum.FullPlace, "Polishuset", "Avstämning, Vingåkers kommun", ""},
		{access.Full, access.Protected, forum.FullPlace, room, "Möte", ""},
		{access.Protected, access.Full, forum.FullPlace, room, "Möte", ""},
	} {
		m := &meeting.Meeting{Place: test.place, Forum: forum.Forum{NeutralTitle: "Avstämning", Level: test.forum, OutwardPlace: test.outward}}
		if got := Outwardly(m, "Vingåkers kommun", test.asked, lang.Swedish); got != (Shown{test.title, test.where}) {
			t.Errorf("%s asked as %s with %s: %+v", test.forum, test.asked, test.outward, got)
		}
	}
}
