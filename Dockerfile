# An image of the binary with what it needs to run, and nothing else. The context is the folder that
# packages/image/build gathers, with the binary and its libraries in root/; that script builds the image.
FROM scratch
COPY root/ /
COPY --chown=65532:65532 data/ /data/
ENV HOME=/data PATH=/bin
WORKDIR /data
USER 65532:65532
EXPOSE 9080
ENTRYPOINT ["/bin/chatctl"]
CMD ["serve", "--listen", "0.0.0.0:9080"]
