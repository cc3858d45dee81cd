package serve

import (
	"context"
	"log/slog"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// Metrics are the figures that /metrics shows. No label holds a name, an address or a token.
type Metrics struct {
	Registry *prometheus.Registry
	seconds  *prometheus.HistogramVec
}

func newMetrics() *Metrics {
	m := &Metrics{Registry: prometheus.NewRegistry(), seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "samverkan_request_seconds", Help: "Time to answer a request.", Buckets: []float64{.005, .02, .1, .3, 1, 5},
	}, []string{"method", "route", "status"})}
	m.Registry.MustRegister(m.seconds, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// observe measures and logs each request by its route's pattern: the path itself may hold a token.
func (f *Frame) observe(c *gin.Context) {
	begin := time.Now()
	c.Next()
	route := c.FullPath()
	if route == "" {
		route = "none"
	}
	f.observed(slog.LevelInfo, RequestID(c.Request.Context()), c.Request.Method, route, c.Writer.Status(), time.Since(begin))
}

func (f *Frame) observed(level slog.Level, id, method, route string, status int, took time.Duration) {
	f.Metrics.seconds.WithLabelValues(method, route, strconv.Itoa(status)).Observe(took.Seconds())
	f.options.Log.Log(context.Background(), level, "request", "request", id, "method", method, "route", route, "status", status, "ms", took.Milliseconds())
}
