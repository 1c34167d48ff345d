// Sigstore's Fulcio, with an authority in memory, and its timestamp authority, with a key in memory: who signs attestations in the tests.
// Both are served by their own code; their stock mains bring four clouds' SDKs. Prints its address as JSON once it serves, and ends when its
// standard input does: with whoever started it.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"strings"

	openapi "github.com/go-openapi/runtime"
	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"github.com/sigstore/fulcio/pkg/ca/ephemeralca"
	"github.com/sigstore/fulcio/pkg/config"
	"github.com/sigstore/fulcio/pkg/generated/protobuf"
	"github.com/sigstore/fulcio/pkg/server"
	common "github.com/sigstore/protobuf-specs/gen/pb-go/common/v1"
	"github.com/sigstore/sigstore/pkg/signature"
	"github.com/sigstore/timestamp-authority/v2/pkg/api"
	"github.com/sigstore/timestamp-authority/v2/pkg/generated/restapi/operations/timestamp"
	"github.com/spf13/viper"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
)

func main() {
	path := flag.String("config", "", "Fulcio's configuration: whose tokens it takes")
	flag.Parse()
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	mux := http.NewServeMux()
	mux.Handle("/api/v2/", fulcio(*path))
	timestamps(mux)
	listener := listen()
	check(json.NewEncoder(os.Stdout).Encode(map[string]string{"url": "http://" + listener.Addr().String()}))
	check(http.Serve(listener, mux))
}

func fulcio(path string) http.Handler {
	settings, err := config.Load(path)
	check(err)
	authority, err := ephemeralca.NewEphemeralCA()
	check(err)
	algorithms, err := signature.NewAlgorithmRegistryConfig([]common.PublicKeyDetails{common.PublicKeyDetails_PKIX_ECDSA_P256_SHA_256})
	check(err)
	withSettings := func(ctx context.Context, request any, _ *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
		return handler(config.With(ctx, settings), request)
	}
	rpc := grpc.NewServer(grpc.UnaryInterceptor(withSettings))
	protobuf.RegisterCAServer(rpc, server.NewGRPCCAServer(nil, authority, algorithms, server.NewIssuerPool(settings)))
	inside := listen()
	go func() { check(rpc.Serve(inside)) }()

	gateway := runtime.NewServeMux(runtime.WithMetadata(func(_ context.Context, request *http.Request) metadata.MD {
		return metadata.Pairs(server.MetadataOIDCTokenKey, strings.TrimPrefix(request.Header.Get("Authorization"), "Bearer "))
	}))
	plain := []grpc.DialOption{grpc.WithTransportCredentials(insecure.NewCredentials())}
	check(protobuf.RegisterCAHandlerFromEndpoint(context.Background(), gateway, inside.Addr().String(), plain))
	return gateway
}

func timestamps(mux *http.ServeMux) {
	viper.Set("timestamp-signer", "memory")
	viper.Set("timestamp-signer-hash", "sha256")
	viper.Set("default-policy-oid", "1.3.6.1.4.1.57264.2")
	api.ConfigureAPI()
	mux.HandleFunc("POST /api/v1/timestamp", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/timestamp-reply")
		params := timestamp.GetTimestampResponseParams{HTTPRequest: r, Request: r.Body}
		api.TimestampResponseHandler(params).WriteResponse(w, openapi.ByteStreamProducer())
	})
	mux.HandleFunc("GET /api/v1/timestamp/certchain", func(w http.ResponseWriter, r *http.Request) {
		params := timestamp.GetTimestampCertChainParams{HTTPRequest: r}
		api.GetTimestampCertChainHandler(params).WriteResponse(w, openapi.TextProducer())
	})
}

func listen() net.Listener {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	return listener
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
