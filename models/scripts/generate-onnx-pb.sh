#!/bin/sh
# Generates src/onnx/onnx_pb.js from src/onnx/onnx.proto. Needs protoc (Debian: protobuf-compiler) and `npm ci` (protoc-gen-es).
set -eu
cd "$(dirname "$0")/.."
PATH="../node_modules/.bin:$PATH" protoc -I src/onnx --es_out src/onnx --es_opt target=js+dts src/onnx/onnx.proto
../node_modules/.bin/biome format --write src/onnx/onnx_pb.js src/onnx/onnx_pb.d.ts
