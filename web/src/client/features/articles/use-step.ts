import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Toast } from "antd-mobile";
import type { Api } from "../../../shared/http/api";
import { useSession } from "../../../shared/session/session";
import { useText } from "../../../shared/text/language";

/** Something the reader does; the numbers are asked for again, and a failure is said. */
export function useStep<Given>(place: string, act: (api: Api, given: Given) => Promise<unknown>) {
  const { api } = useSession();
  const { errorText } = useText();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (given: Given) => act(api, given),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["article-talk", place] }),
    onError: (error) => void Toast.show({ content: errorText(error) }),
  });
}
