/** Choose, send and show a cover; the form keeps its digest. */

import { useMutation } from "@tanstack/react-query";
import { App, Button, Space, Upload } from "antd";
import type { MediaStored } from "@shared/wire/generated";
import { useSession } from "../../shared/session/session";
import { useText } from "../../shared/text/language";
import { Cover } from "../../shared/ui/cover";

const LARGEST = 2 * 1024 * 1024;

interface Props {
  readonly value?: string;
  readonly onChange?: (digest: string) => void;
}

export function CoverField({ value = "", onChange }: Props) {
  const { t, errorText } = useText();
  const { api } = useSession();
  const { message } = App.useApp();
  const upload = useMutation({
    mutationFn: (file: Blob) => api.upload<MediaStored>("/v1/media", file),
    onSuccess: ({ digest }) => onChange?.(digest),
    onError: (error) => void message.error(errorText(error)),
  });
  const take = (file: Blob) => {
    if (file.size > LARGEST) void message.error(t("broadcast.coverTooBig"));
    else upload.mutate(file);
    return false;
  };
  return (
    <>
      <div className="el-compose-cover">
        <Cover digest={value} />
      </div>
      <Space>
        <Upload accept="image/png,image/jpeg,image/webp" showUploadList={false} beforeUpload={take}>
          <Button size="small" loading={upload.isPending}>
            {t("broadcast.upload")}
          </Button>
        </Upload>
        {value && (
          <Button size="small" type="text" onClick={() => onChange?.("")}>
            {t("broadcast.removeCover")}
          </Button>
        )}
      </Space>
    </>
  );
}
