# docker build -t auto_tuner . && docker run --rm --network host auto_tuner
# Served on loopback only, as configured: hence the host's network. To be reached
# from elsewhere, mount a config with another admin.address.
FROM debian:12-slim AS build
COPY . /src
WORKDIR /src
RUN app/install_packages build dpkg-dev file \
 && cmake --preset release -DAUTO_TUNER_TESTS=OFF -DAUTO_TUNER_BENCH=OFF \
 && cmake --build --preset release \
 && cpack --config build/release/CPackConfig.cmake -B /package

FROM debian:12-slim
COPY --from=build /package/*.deb /tmp/
RUN apt-get update -qq \
 && apt-get install -y -qq --no-install-recommends /tmp/*.deb \
 && rm -rf /tmp/*.deb /var/lib/apt/lists/* \
 && install -d -o auto_tuner -g auto_tuner -m 700 /var/lib/auto_tuner
USER auto_tuner
VOLUME /var/lib/auto_tuner
EXPOSE 9464
HEALTHCHECK --interval=15s --timeout=3s CMD ["auto_tuner", "status"]
CMD ["sh", "-c", "/usr/lib/auto_tuner/make_token /var/lib/auto_tuner/token && \
exec auto_tuner run --config /etc/auto_tuner/auto_tuner.json"]
