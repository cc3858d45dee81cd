package api

import (
	"context"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/store"
)

// Feed is one of the caller's calendar feeds. Its address is told once, when it is made.
type Feed struct {
	ID            uuid.UUID  `json:"id" format:"uuid"`
	Name          string     `json:"name" example:"Min telefon"`
	Level         string     `json:"level" enum:"protected,neutral,full"`
	Language      string     `json:"language" enum:"sv,en"`
	CreatedAt     time.Time  `json:"createdAt"`
	LastFetchedAt *time.Time `json:"lastFetchedAt,omitempty"`
	LastClient    string     `json:"lastClient,omitempty"`
	ForumID       *uuid.UUID `json:"forumId,omitempty" format:"uuid" doc:"Det enda forumet; utan: alla som ägaren ser. / The only forum; none: all that its owner sees."`
	SkipsInvited  bool       `json:"skipsInvited" doc:"Utan möten som ägaren bjuds in till med e-post. / Without meetings that its owner is invited to by mail."`
}

// Feeds is a list of them.
type Feeds struct {
	Feeds []Feed `json:"feeds"`
	Extent
}

// NewFeed asks for one.
type NewFeed struct {
	Name  string `json:"name" maxLength:"200" example:"Min telefon" doc:"Var kalendern ska användas. / Where the calendar will be used."`
	Level string `json:"level,omitempty" enum:"protected,neutral,full" default:"neutral"`

	ForumID      *uuid.UUID `json:"forumId,omitempty" format:"uuid"`
	SkipsInvited bool       `json:"skipsInvited,omitempty"`
}

// CreatedFeed tells the secret address, this once.
type CreatedFeed struct {
	Feed
	URL string `json:"url" format:"uri" example:"https://samverkan.exempel.se/calendar/feed_exempel.ics" doc:"Hemlig adress som visas bara nu. / Secret address, shown only now."`
}

func showFeed(f access.FeedSubscription) Feed {
	return Feed{f.ID, f.Name, string(f.Level), string(f.Language), f.CreatedAt.UTC(), utc(f.LastFetchedAt), f.LastClient, f.ForumID, f.SkipsInvited}
}

func (d *door) listFeeds(ctx context.Context, in *Paging) (*shown[Feeds], error) {
	out := &shown[Feeds]{}
	err := d.read(ctx, func(tx *store.Tx, by access.Actor) error {
		all, err := access.Subscriptions(tx, by)
		out.Body = Feeds{part(*in, all, showFeed), in.of(int64(len(all)))}
		return err
	})
	return out, err
}

func (d *door) createFeed(ctx context.Context, in *struct{ Body NewFeed }) (*created[CreatedFeed], error) {
	name, err := fault.OptionalLine("name", in.Body.Name, 200)
	if err != nil {
		return nil, err
	}
	out := &created[CreatedFeed]{}
	err = d.write(ctx, func(tx *store.Tx, by access.Actor) error {
		f, token, err := access.Subscribe(tx, by, name, access.Level(in.Body.Level), access.Contents{ForumID: in.Body.ForumID, SkipsInvited: in.Body.SkipsInvited})
		if err != nil {
			return err
		}
		out.Location, out.Body = Root+"/feeds/"+f.ID.String(), CreatedFeed{showFeed(*f), d.Office.BaseURL + "/calendar/" + token + ".ics"}
		return nil
	})
	return out, err
}

func (d *door) revokeFeed(ctx context.Context, in *One) (*nothing, error) {
	return nil, d.write(ctx, func(tx *store.Tx, by access.Actor) error {
		return access.Unsubscribe(tx, by, in.ID)
	})
}
