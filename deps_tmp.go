//go:build deps

package deps
import (_ "github.com/go-gl/gl/v3.3-core/gl"; _ "github.com/go-gl/glfw/v3.3/glfw"; _ "github.com/nats-io/nats-server/v2/server"; _ "github.com/spf13/viper"; _ "github.com/spf13/cobra"; _ "github.com/nats-io/nats.go"; _ "github.com/go-gl/mathgl/mgl32"; _ "github.com/jezek/xgb/shm";_ "gopkg.in/yaml.v3"; _ "golang.org/x/sys/unix"; _ "go.uber.org/goleak"; _ "github.com/google/go-cmp/cmp"; _ "github.com/klauspost/compress/s2"; _ "golang.org/x/sync/errgroup"; _ "github.com/nats-io/nats.go/micro"; _ "github.com/nats-io/nats.go/jetstream")
